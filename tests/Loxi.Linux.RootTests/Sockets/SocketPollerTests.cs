using FluentAssertions;
using Loxi.Linux.RootTests.Support;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Linux.RootTests.Sockets;

public sealed class SocketPollerTests
{
    private static readonly InternetAddress Loopback = InternetAddress.Parse("127.0.0.1");
    private readonly DatagramReceiveBatch _batch = new(4, 16);

    [Fact]
    public void Wait_TellsWhichSocketsAreReady()
    {
        using var poller = new SocketPoller();
        var sockets = Enumerable.Range(0, 20).Select(_ => DatagramSocket.Open(Loopback, 0)).ToArray();
        Array.ForEach(sockets, poller.Add);
        Send(sockets[17]);

        poller.Wait(In(5_000)).Should().BeTrue();
        sockets.Where(poller.IsReady).Should().Equal(sockets[17]);

        poller.Remove(sockets[3]).Should().BeTrue();
        poller.Remove(sockets[3]).Should().BeFalse();
        poller.Wait(In(5_000)).Should().BeTrue();
        sockets.Where(s => s != sockets[3] && poller.IsReady(s)).Should().Equal(sockets[17]);
        FluentActions.Invoking(() => poller.IsReady(sockets[3])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => poller.Add(sockets[4])).Should().Throw<ArgumentException>();
        Array.ForEach(sockets, s => s.Dispose());
    }

    [Fact]
    public void Wait_SocketNotWatched_IsPassedOver()
    {
        using var poller = new SocketPoller();
        using var socket = DatagramSocket.Open(Loopback, 0);
        poller.Add(socket);
        Send(socket);

        poller.Watch(socket, false);
        poller.Wait(0).Should().BeFalse();
        poller.Watch(socket, true);
        poller.Wait(0).Should().BeTrue();
        poller.IsReady(socket).Should().BeTrue();
    }

    [Fact]
    public void Wait_Deadline_IsKeptToAFractionOfAMillisecond()
    {
        using var poller = new SocketPoller();
        var least = long.MaxValue;

        // On a busy machine most wake-ups are late: one that is not is enough.
        for (var i = 0; i < 2000 && least >= 450_000; i++)
        {
            var deadline = MonotonicClock.Nanoseconds + 1_500_000;
            poller.Wait(deadline).Should().BeFalse();
            var late = MonotonicClock.Nanoseconds - deadline;
            late.Should().BeGreaterThanOrEqualTo(0);
            least = Math.Min(least, late);
        }

        least.Should().BeLessThan(450_000, "the deadline is in nanoseconds: rounded up to milliseconds every wait would be 0.5 ms late");
    }

    [Fact]
    public void Wake_FromAnotherThread_EndsTheWaitOnce()
    {
        using var poller = new SocketPoller();
        var thread = new Thread(() =>
        {
            poller.Wake();
            poller.Wake();
        });
        thread.Start();

        poller.Wait(long.MaxValue).Should().BeTrue();
        poller.IsWoken.Should().BeTrue();
        thread.Join();
        poller.Wait(0);
        poller.Wait(0).Should().BeFalse("it was woken at most twice");
        poller.IsWoken.Should().BeFalse();
    }

    [Fact]
    public void Dispose_LeavesTheSocketsOpenAndNoDescriptor()
    {
        var before = Descriptors.Count();
        using (var socket = DatagramSocket.Open(Loopback, 0))
        {
            var poller = new SocketPoller();
            poller.Add(socket);
            poller.Dispose();
            Send(socket);
            SpinWait.SpinUntil(() => socket.Receive(_batch) == 1, TimeSpan.FromSeconds(5)).Should().BeTrue();
            poller.Wake();
            FluentActions.Invoking(() => poller.Wait(0)).Should().Throw<ObjectDisposedException>();
        }

        Descriptors.Count().Should().Be(before);
    }

    [Fact]
    public void Dispose_OfASocketThatIsWatched_KeepsItsDescriptorUntilItIsRemoved()
    {
        using var poller = new SocketPoller();
        var socket = DatagramSocket.Open(Loopback, 0);
        var before = Descriptors.Count();
        poller.Add(socket);

        socket.Dispose();
        Descriptors.Count().Should().Be(before, "another file must not get the number that is polled");
        poller.Remove(socket).Should().BeTrue();
        Descriptors.Count().Should().Be(before - 1);
    }

    private static void Send(DatagramSocket to)
    {
        using var sender = DatagramSocket.Open(Loopback, 0);
        sender.Connect(Loopback, to.LocalPort);
        sender.TrySend("x"u8, out _).Should().BeTrue();
    }

    private static long In(int milliseconds) => MonotonicClock.Nanoseconds + (milliseconds * 1_000_000L);
}
