namespace Loxi.Bgp.Session;

/// <summary>Why a session is stopped by us; decides the NOTIFICATION.</summary>
internal enum SessionStopKind : byte
{
    /// <summary>By an administrator, or because the program ends: Cease 6/2.</summary>
    Shutdown,

    /// <summary>The peer was removed: Cease 6/3.</summary>
    Deleted,

    /// <summary>Something is used up: Cease 6/8.</summary>
    OutOfResources,

    /// <summary>The program starts anew: no NOTIFICATION where graceful restart is negotiated (RFC 4724 4), else as <see cref="Shutdown"/>.</summary>
    Restart,
}
