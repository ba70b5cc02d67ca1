namespace Loxi.Benchmarks.Packets;

/// <summary>What a program returns when it has sent a packet on its way.</summary>
internal static class Verdicts
{
    private const uint TcOk = 0;
    private const uint TcRedirect = 7;
    private const uint XdpTx = 3;
    private const uint XdpRedirect = 4;

    internal static uint Nothing(Hook hook) => hook == Hook.Tc ? TcOk : XdpTx;

    /// <summary>Out of the interface that the packet came from.</summary>
    internal static uint Back(Hook hook) => hook == Hook.Tc ? TcRedirect : XdpTx;

    /// <summary>Out of another interface.</summary>
    internal static uint Across(Hook hook) => hook == Hook.Tc ? TcRedirect : XdpRedirect;
}
