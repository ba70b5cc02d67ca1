using System.Collections.Concurrent;
using FluentAssertions;
using Loxi.Linux.Loops;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Linux.Tests.Loops;

public sealed class SocketLoopTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly ConcurrentQueue<string> _told = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly EventPump<string> _pump;

    public SocketLoopTests() => _pump = new EventPump<string>("Loxi.Test events", told =>
    {
        _told.Enqueue(told);
        _arrived.Release();
    });

    public void Dispose()
    {
        _pump.Dispose();
        _arrived.Dispose();
    }

    [Fact]
    public async Task Posted_IsDoneInOrderOnTheThread_WithTheTime()
    {
        using var loop = Started();
        var before = MonotonicClock.Nanoseconds;

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => loop.PostAsync((_, now) => (Number: i, Now: now, Thread.CurrentThread.Name)))).WaitAsync(Limit, Cancellation);

        results.Select(static r => r.Number).Should().Equal(Enumerable.Range(0, 100));
        results.Select(static r => r.Now).Should().BeInAscendingOrder().And.OnlyContain(now => now >= before && now <= MonotonicClock.Nanoseconds);
        results.Should().OnlyContain(static r => r.Name == "Loxi.Test");
    }

    [Fact]
    public async Task Posted_ThatThrows_IsTheCallers_AndTheLoopGoesOn()
    {
        using var loop = Started();

        await FluentActions.Awaiting(() => loop.PostAsync<int>(static (_, _) => throw new InvalidOperationException("no"))).Should().ThrowAsync<InvalidOperationException>().WithMessage("no");

        (await loop.PostAsync(static (_, _) => 7)).Should().Be(7);
        loop.Ended.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Deadline_WakesIt_AndSaysHowLate()
    {
        var latenesses = new ConcurrentQueue<long>();
        using var loop = new TestLoop(_pump) { Period = TimeSpan.FromMilliseconds(2) };
        loop.Wake = (_, lateness) =>
        {
            latenesses.Enqueue(lateness);
            if (latenesses.Count == 5)
            {
                loop.End();
            }
        };

        loop.Start();
        await loop.Ended.WaitAsync(Limit, Cancellation);

        // The first one may be the start's.
        latenesses.Skip(1).Should().OnlyContain(static lateness => lateness >= 0);
    }

    [Fact]
    public async Task Socket_ThatHasSomething_WakesIt()
    {
        using var socket = DatagramSocket.Open(InternetAddress.Parse("127.0.0.1"), 0, new DatagramSocketOptions());
        using var other = DatagramSocket.Open(InternetAddress.Parse("127.0.0.1"), 0, new DatagramSocketOptions());
        using var loop = new TestLoop(_pump);
        loop.Wake = (_, _) =>
        {
            if (loop.Wakes > 2 && loop.IsReady(socket))
            {
                loop.Say("ready");
                loop.End();
            }
        };
        loop.Start();
        await loop.PostAsync((l, _) =>
        {
            l.Watch(socket);
            return true;
        });
        await loop.PostAsync(static (l, _) => l.Wakes);

        other.TryConnect(InternetAddress.Parse("127.0.0.1"), socket.LocalPort, out _).Should().BeTrue();
        other.TrySend("x"u8, out _).Should().BeTrue();

        await loop.Ended.WaitAsync(Limit, Cancellation);
        (await HeardAsync(1)).Should().Equal("ready");
    }

    [Fact]
    public async Task Told_ComesInOrder_AlsoOfTheLastTurn()
    {
        using var loop = Started();

        await loop.PostAsync(static (l, _) =>
        {
            l.Say("one");
            l.Say("two");
            return true;
        });
        (await HeardAsync(2)).Should().Equal("one", "two");
        await loop.PostAsync(static (l, _) =>
        {
            l.Say("three");
            l.End();
            return true;
        });

        (await HeardAsync(3)).Should().Equal("one", "two", "three");
    }

    [Fact]
    public async Task Stop_EndsIt_AndWhatIsPostedLaterIsRefusedByItsName()
    {
        using var loop = Started();

        await loop.StopAsync().WaitAsync(Limit, Cancellation);
        await loop.StopAsync().WaitAsync(Limit, Cancellation);

        loop.Ended.IsCompletedSuccessfully.Should().BeTrue();
        loop.WasLastTurnKnown.Should().BeTrue();
        (await FluentActions.Awaiting(() => loop.PostAsync(static (_, _) => 1).WaitAsync(Limit, Cancellation)).Should().ThrowAsync<ObjectDisposedException>()).Which.ObjectName.Should().Be("Loxi.Test");
    }

    [Fact]
    public async Task PostedBehindTheStop_IsRefused()
    {
        using var loop = Started();
        using var isIn = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var busy = loop.PostAsync((l, _) =>
        {
            isIn.Release();
            return goOn.Wait(Limit);
        });
        (await isIn.WaitAsync(Limit, Cancellation)).Should().BeTrue();
        var stopped = loop.StopAsync();
        var late = loop.PostAsync(static (_, _) => 1);
        goOn.Release();

        await FluentActions.Awaiting(() => late.WaitAsync(Limit, Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
        (await busy).Should().BeTrue();
        await stopped.WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task StopThatHasSomethingToDoBefore_GoesOnUntilThatIsDone()
    {
        using var loop = Started();
        loop.Farewell = static () => { };

        var stopped = loop.StopAsync();
        (await loop.PostAsync(static (l, _) => l.WasLastTurnKnown)).Should().BeFalse();
        stopped.IsCompleted.Should().BeFalse();
        await loop.PostAsync(static (l, _) =>
        {
            l.End();
            return true;
        });

        await stopped.WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task TurnThatFails_EndsIt_WithTheFailureForAllWhoWait()
    {
        using var loop = Started();
        await loop.PostAsync(static (l, _) =>
        {
            l.Wake = static (_, _) => throw new InvalidOperationException("broken");
            return true;
        });

        await FluentActions.Awaiting(() => loop.PostAsync(static (_, _) => 1).WaitAsync(Limit, Cancellation)).Should().ThrowAsync<ObjectDisposedException>();

        await FluentActions.Awaiting(() => loop.Ended.WaitAsync(Limit, Cancellation)).Should().ThrowAsync<InvalidOperationException>().WithMessage("broken");
        await loop.StopAsync().WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task NeverStarted_IsDisposed_AndRefusesWhatWaits()
    {
        var loop = new TestLoop(_pump);
        var waits = loop.PostAsync(static (_, _) => 1);

        loop.Dispose();

        await FluentActions.Awaiting(() => waits.WaitAsync(Limit, Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(() => loop.PostAsync(static (_, _) => 1).WaitAsync(Limit, Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Disposed_WithoutAStop_EndsAtOnce()
    {
        var loop = Started();
        loop.Farewell = static () => throw new InvalidOperationException("nobody asked");

        await Task.Run(loop.Dispose, Cancellation).WaitAsync(Limit, Cancellation);

        loop.Ended.IsCompletedSuccessfully.Should().BeTrue();
        loop.Dispose();
    }

    [Fact]
    public async Task Turns_AllocateNothing()
    {
        using var loop = new TestLoop(_pump) { Period = TimeSpan.FromMicroseconds(200) };
        loop.Start();
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var (bytes, turns) = await MeasureAsync(loop);
            SpinWait.SpinUntil(() => loop.Turns > turns + 200, Limit).Should().BeTrue();
            least = Math.Min(least, (await MeasureAsync(loop)).Bytes - bytes);
        }

        // The answer to the first question is handed over after it was measured.
        least.Should().BeLessThan(500);
    }

    [Fact]
    public async Task CollectionsOfTheTurn_AreMeasured()
    {
        using var loop = Started();

        var (before, after) = await loop.PostAsync(static (l, _) =>
        {
            var before = l.Pause;
            GC.Collect();
            return (before, l.Pause);
        });

        after.Should().BeGreaterThan(before);
        // Other tests collect too, perhaps just now.
        var next = TimeSpan.MaxValue;
        for (var i = 0; i < 1_000 && next >= after; i++)
        {
            next = await loop.PostAsync(static (l, _) => l.Pause);
        }

        next.Should().BeLessThan(after);
    }

    /// <summary>Whether this process may or not: one of the two, and the loop runs.</summary>
    [Fact]
    public async Task RealTime_IsTakenOrTheRefusalIsKnown()
    {
        using var loop = new TestLoop(_pump, priority: 1);
        loop.Start();
        using var ordinary = Started();

        loop.IsRealTime.Should().Be(loop.RealTimeRefusal is null);
        (ordinary.IsRealTime, ordinary.RealTimeRefusal).Should().Be((false, null));
        (await loop.PostAsync(static (_, _) => 1)).Should().Be(1);
        await loop.StopAsync();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void PriorityOutOfRange_IsRefused(int priority) => FluentActions.Invoking(() => new TestLoop(_pump, priority)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Times_AreConverted()
    {
        TestLoop.InNanoseconds(TimeSpan.FromMilliseconds(3)).Should().Be(3_000_000);
        TestLoop.InNanoseconds(TimeSpan.MaxValue).Should().Be(long.MaxValue);
        TestLoop.InTime(1_234_567).Should().Be(TimeSpan.FromTicks(12_345));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<(long Bytes, int Turns)> MeasureAsync(TestLoop loop) => loop.PostAsync(static (l, _) => (GC.GetAllocatedBytesForCurrentThread(), l.Turns));

    private TestLoop Started()
    {
        var loop = new TestLoop(_pump);
        loop.Start();
        return loop;
    }

    private async Task<IReadOnlyCollection<string>> HeardAsync(int count)
    {
        while (_told.Count < count)
        {
            (await _arrived.WaitAsync(Limit, Cancellation)).Should().BeTrue($"{count} are told");
        }

        return _told;
    }
}
