namespace Loxi.Benchmarks.Packets;

internal enum Hook
{
    Tc,
    Xdp,
}
