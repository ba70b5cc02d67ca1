namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Implementations that our speaker is tested with.</summary>
public enum BgpDaemon
{
    Frr,
    Bird,
    GoBgp,
}
