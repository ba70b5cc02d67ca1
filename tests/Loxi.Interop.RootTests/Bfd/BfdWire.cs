using Loxi.TestKit.Capture;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>The control packets that pass our side's interface.</summary>
internal sealed class BfdWire(LabHost host, int port) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly PacketCapture _capture = host.Capture("eth0", packet => packet.IsUdp && packet.DestinationPort == port);

    public IReadOnlyList<SeenPacket> Packets => _capture.Dropped == 0
        ? [.. _capture.Packets.Select(SeenPacket.Of)]
        : throw new InvalidOperationException("the capture has lost packets");

    public IEnumerable<SeenPacket> Ours => Packets.Where(static p => p.IsOurs);

    public IEnumerable<SeenPacket> Theirs => Packets.Where(static p => !p.IsOurs);

    public void Clear() => _capture.Clear();

    /// <summary>Waits until a number of packets match, among those seen and to come.</summary>
    public async Task<IReadOnlyList<SeenPacket>> WaitForAsync(Func<SeenPacket, bool> wanted, string what, int count = 1) =>
        [.. (await _capture.WaitForAsync(frame => wanted(SeenPacket.Of(frame)), count, what, Limit)).Select(SeenPacket.Of)];

    public void Dispose() => _capture.Dispose();
}
