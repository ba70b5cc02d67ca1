using System.Collections.Concurrent;
using FluentAssertions;
using Loxi.Linux.Loops;
using Xunit;

namespace Loxi.Linux.Tests.Loops;

public sealed class EventPumpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public void Dispose_HandsOverWhatWasAdded_EvenWithoutASignal()
    {
        var seen = new ConcurrentQueue<(int Number, string? Thread)>();
        using (var pump = new EventPump<int>("Loxi.Test pump", number => seen.Enqueue((number, Thread.CurrentThread.Name))))
        {
            for (var i = 0; i < 100; i++)
            {
                pump.Add(i);
            }
        }

        seen.Select(static s => s.Number).Should().Equal(Enumerable.Range(0, 100));
        seen.Should().OnlyContain(static s => s.Thread == "Loxi.Test pump");
    }

    [Fact]
    public void Signal_HandsOver()
    {
        using var arrived = new SemaphoreSlim(0);
        using var pump = new EventPump<int>("Loxi.Test pump", _ => arrived.Release());

        for (var i = 0; i < 100; i++)
        {
            pump.Add(i);
            pump.Signal();
            arrived.Wait(Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        }
    }

    [Fact]
    public void SlowHandler_HoldsUpNobodyWhoAdds()
    {
        using var goOn = new SemaphoreSlim(0);
        var count = 0;
        using (var pump = new EventPump<int>("Loxi.Test pump", _ =>
        {
            goOn.Wait(Limit);
            count++;
        }))
        {
            for (var i = 0; i < 3; i++)
            {
                pump.Add(i);
                pump.Signal();
            }

            goOn.Release(3);
        }

        count.Should().Be(3);
    }

    [Fact]
    public void DisposedByItsHandler_EndsAfterIt()
    {
        var seen = new ConcurrentQueue<int>();
        EventPump<int>? pump = null;
        pump = new EventPump<int>("Loxi.Test pump", number =>
        {
            seen.Enqueue(number);
            pump!.Dispose();
        });

        pump.Add(1);
        pump.Add(2);
        pump.Signal();
        SpinWait.SpinUntil(() => seen.Count == 2, Limit).Should().BeTrue();

        pump.Dispose();
        pump.Signal();
        seen.Should().Equal(1, 2);
    }

    [Fact]
    public void NoHandler_IsNamed() => FluentActions.Invoking(static () => new EventPump<int>("x", null!)).Should().Throw<ArgumentNullException>().WithParameterName("handler");
}
