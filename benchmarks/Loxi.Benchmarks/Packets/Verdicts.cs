namespace Loxi.Benchmarks.Packets;

/// <summary>What a program returns when it has sent a packet on its way.</summary>
internal static class Verdicts
{
    private const uint TcOk = 0;
    private const uint TcRedirect = 7;
    private const uint XdpTx = 3;
    private const uint XdpRedirect = 4;

    internal static uint Nothing(Hook hook) => hook == Hook.Tc ? TcOk : XdpTx;

    internal static uint Floor(Hook hook) => hook == Hook.Tc ? TcRedirect : XdpTx;

    internal static uint Balancer(Hook hook) => hook == Hook.Tc ? TcRedirect : XdpRedirect;
}
