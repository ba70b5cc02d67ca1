namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>Where the endpoints of a service of <see cref="ModeLab"/> are.</summary>
internal enum ModeEndpoints
{
    /// <summary>ep1 and ep2, behind the switch at eth1.</summary>
    OnLink,

    /// <summary>ep3, which takes packets out of tunnels.</summary>
    Tunnelled,

    /// <summary>A host behind a router that is behind the switch; it takes packets out of tunnels.</summary>
    Routed,
}
