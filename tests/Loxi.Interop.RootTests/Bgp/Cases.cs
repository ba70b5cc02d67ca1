namespace Loxi.Interop.RootTests.Bgp;

/// <summary>What tests are repeated for.</summary>
internal static class Cases
{
    public static readonly BgpDaemon[] Daemons = Enum.GetValues<BgpDaemon>();

    /// <summary>Those that put routes into the kernel.</summary>
    public static readonly BgpDaemon[] Routers = [BgpDaemon.Frr, BgpDaemon.Bird];

    public static readonly bool[] NoAndYes = [false, true];
}
