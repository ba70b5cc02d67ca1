namespace Loxi.Bgp.Tests.Live;

/// <summary>When the input of a case is sent.</summary>
internal enum LivePhase
{
    /// <summary>In place of the OPEN.</summary>
    OpenSent,

    /// <summary>After a right OPEN, before the KEEPALIVE.</summary>
    OpenConfirm,

    /// <summary>When the session is up and routes have passed.</summary>
    Established,
}
