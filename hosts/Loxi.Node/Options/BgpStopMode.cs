namespace Loxi.Node.Options;

/// <summary>What routers are told when the node stops.</summary>
internal enum BgpStopMode
{
    /// <summary>That it leaves: routers look for other ways, then everything is taken back.</summary>
    Leave,

    /// <summary>Nothing, where graceful restart is negotiated: the data plane serves on until the next start, and routers send to it.</summary>
    Restart,
}
