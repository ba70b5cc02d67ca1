using System.Buffers;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>What arrives in an Established session allocates nothing. Alone, because the whole process is measured.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Messages = 20_000;

    [Fact]
    public async Task UpdatesOverASocket_AllocateNothing()
    {
        using var rib = new CountingRib();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
        listener.Listen();
        await using var runner = new PeerRunner(new PeerContext
        {
            Speaker = new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1")),
            Peer = new BgpPeerSettings(IPAddress.Parse("127.0.0.3"), 64_513) { RemotePort = ((IPEndPoint)listener.LocalEndPoint!).Port },
            Rib = rib,
            Random = new Random(1),
            Logger = NullLogger.Instance,
        });
        runner.Start();
        using var peer = await RawPeer.AcceptAsync(listener);
        await peer.SendAsync(Support.Messages.Open(64_513, "192.0.2.2"), Support.Messages.Keepalive);
        await rib.IsUp.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        // Messages of odd lengths, so that some lie over the border of two buffers.
        var burst = Enumerable.Range(0, 100).SelectMany(static i => i % 50 == 49 ? Support.Messages.Keepalive : Support.Messages.Update(23 + (i * 37))).ToArray();
        var updates = burst.Length - (2 * Support.Messages.Keepalive.Length);

        var least = long.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            rib.SetTarget((long)updates * Messages / 100);
            for (var i = 0; i < Messages / 100; i++)
            {
                peer.Socket.Send(burst);
            }

            rib.WaitForTarget().Should().BeTrue();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        ((double)least / Messages).Should().BeLessThan(0.5, "octets a message; a few go to assertions and the thread pool's own work");
        rib.Calls.Should().BeLessThan(Messages * 6 / 10, "UPDATEs that arrive together are handed over together");
    }

    [Fact]
    public void SteadyStateOfTheSession_AllocatesNothing()
    {
        var driver = new Bgp.Tests.Session.Support.Driver();
        driver.Establish();
        var now = driver.Now;
        Allocations.Of(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                now += TimeSpan.FromMilliseconds(1);
                _ = driver.Session.RoutesReceived(1, now);
                _ = driver.Session.KeepaliveReceived(1, now);
                driver.Session.Sent(1, now);
            }
        }).Should().Be(0);
        driver.Session.State.Should().Be(BgpState.Established);
    }

    [Fact]
    public void Framing_AcrossSegments_AllocatesNothing()
    {
        var framer = new MessageFramer();
        var octets = Enumerable.Range(0, 10).SelectMany(static i => Support.Messages.Update(100 + i)).ToArray();
        var first = new BufferSegment(octets.AsMemory(0, 555));
        var sequence = new ReadOnlySequence<byte>(first, 0, first.Append(octets.AsMemory(555)), octets.Length - 555);
        var runs = 0;
        Allocations.Of(() =>
        {
            var rest = sequence;
            while (framer.Next(ref rest, 4096, out _, out _, out _) == Bgp.Wire.ParseStatus.Done)
            {
                runs++;
            }
        }).Should().Be(0);
        runs.Should().Be(5 * 3, "what lies in the first, what lies over the border, what lies in the second");
    }
}
