using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.Tests.Availability;

public sealed class NewConnectionProberTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProberStandsStill_IsUnknownAndNoGap()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var prober = NewConnectionProber.Start(new StandingSource(at: 20, TimeSpan.FromMilliseconds(700)), (IPEndPoint)listener.LocalEndpoint);

        await UntilAsync(() => prober.Read() is { Probes: > 25, Unknown.Ticks: > 0 });

        var seen = prober.Read();
        seen.Unknown.Should().BeGreaterThan(TimeSpan.FromMilliseconds(500), seen.ToString());
        seen.Silent.Should().Be(TimeSpan.Zero, seen.ToString());
        prober.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task NobodyAnswers_IsAGap()
    {
        // The queue of who is not accepted is full: the kernel answers no more.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(listener.LocalEndPoint!, Cancellation);

        await using var prober = NewConnectionProber.Start(LocalSockets.Instance, (IPEndPoint)listener.LocalEndPoint!);

        await UntilAsync(() => prober.Read().LongestSilence > TimeSpan.FromMilliseconds(50));
        prober.Failures.Should().ContainKey(ErrorKind.ConnectTimeout);
    }

    [Fact]
    public void Pause_IsTheLongestTimeWithoutABeat()
    {
        var heart = new Heartbeat();
        foreach (var at in new[] { 0, 10, 20, 130, 140 })
        {
            heart.Beat(Ms(at));
        }

        heart.LongestPause(Ms(5), Ms(25)).Should().Be(Ms(10));
        heart.LongestPause(Ms(5), Ms(200)).Should().Be(Ms(110));
        heart.LongestPause(Ms(50), Ms(145)).Should().Be(Ms(80), "the begin counts as a beat");
        heart.LongestPause(Ms(140), Ms(190)).Should().Be(Ms(50), "there was none since");
    }

    private static TimeSpan Ms(int value) => TimeSpan.FromMilliseconds(value);

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var begin = LabClock.Now; !holds(); await Task.Delay(20, Cancellation))
        {
            (LabClock.Now - begin).Should().BeLessThan(Patience);
        }
    }

    /// <summary>Stands still once, as a host does whose process does not come to its turn.</summary>
    private sealed class StandingSource(int at, TimeSpan time) : ISocketSource
    {
        private int _count;

        public Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
        {
            if (++_count == at)
            {
                Thread.Sleep(time);
            }

            return new Socket(family, type, protocol);
        }
    }
}
