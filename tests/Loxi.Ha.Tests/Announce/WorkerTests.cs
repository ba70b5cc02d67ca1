using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Ha.Tests.Announce;

/// <summary>The thread that runs a core, on a machine that is made up.</summary>
public sealed class WorkerTests : IAsyncDisposable
{
    private static readonly IPAddress Vip4 = IPAddress.Parse("192.0.2.100");
    private static readonly ImmutableArray<AnnouncedGroup> Group = [new("g", [new(Vip4, AddressPlacement.Interface, "lo")], true)];

    private readonly FakeSystem _system = new();
    private readonly Worker _worker;
    private int _opened;

    public WorkerTests() => _worker = new Worker(
        () =>
        {
            _opened++;
            return _system;
        },
        0,
        NullLogger.Instance, NeighbourAnnouncerOptions.DefaultMark);

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task RefreshFails_WithWhateverError_TheWorkerGoesOnAndLooksAgain()
    {
        await _worker.Do(static (core, now) => core.Apply(Group, now));
        await _worker.Do((_, _) =>
        {
            _system.ReadFailure = new InvalidOperationException("not even an error of the system");
            _system.Addresses.RemoveAll(static a => a.Local == InternetAddress.Parse("192.0.2.100"));
        });
        _system.Change();
        await UntilAsync(() => _system.FailedReads > 0);

        await _worker.Do((_, _) => _system.ReadFailure = null);

        await UntilAsync(() => _system.Addresses.Exists(static a => a.Local == InternetAddress.Parse("192.0.2.100")));
        (await _worker.ReadStatusAsync()).Groups[0].Addresses[0].Condition.Should().Be(AnnouncedAddressCondition.Placed);
    }

    [Fact]
    public async Task LinkWasDownForAMoment_ItIsAnnouncedAnew()
    {
        await _worker.Do(static (core, now) => core.Apply(Group, now));
        await UntilAsync(() => _system.Sent.Count >= 10);
        await _worker.Do((_, _) => _system.Sent.Clear());

        _system.Change(down: 2);

        await UntilAsync(() => _system.Sent.Count >= 2, 3); // the next by the schedule comes after 4 s
    }

    [Fact]
    public async Task Runs_OnAThreadOfItsOwn()
    {
        var name = "";
        var isPool = true;
        await _worker.Do((_, _) => (name, isPool) = (Thread.CurrentThread.Name ?? "", Thread.CurrentThread.IsThreadPoolThread));

        isPool.Should().BeFalse();
        name.Should().Be("Loxi.Ha announce");
    }

    [Fact]
    public async Task Status_OfOneThatNobodyUsed_OpensNothing()
    {
        (await _worker.ReadStatusAsync()).Groups.Should().BeEmpty();
        _opened.Should().Be(0);
    }

    [Fact]
    public async Task Disposed_TakesItsAddressesOff_AndClosesTheMachine()
    {
        await _worker.Do(static (core, now) => core.Apply(Group, now));
        await _worker.DisposeAsync();

        _system.IsDisposed.Should().BeTrue();
        _system.Addresses.Should().HaveCount(2);
    }

    [Fact]
    public async Task ListenerThatThrows_DoesNotKeepTheOthersFromHearing()
    {
        var heard = 0;
        using var first = _worker.Subscribe(static _ => throw new InvalidOperationException("a listener's own fault"));
        using var second = _worker.Subscribe(_ => heard++);

        await _worker.Do(static (core, now) =>
        {
            core.Apply(Group, now);
            core.Claimed([new(2, Vip4, LinkLayerAddress.Parse("02:00:5e:00:53:66"))], now);
        });

        heard.Should().Be(1);
    }

    /// <summary>Asks on the worker's thread, where what it uses may be looked at.</summary>
    private async Task UntilAsync(Func<bool> condition, double seconds = 10)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var isSo = false;
        while (true)
        {
            await _worker.Do((_, _) => isSo = condition());
            if (isSo)
            {
                return;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
