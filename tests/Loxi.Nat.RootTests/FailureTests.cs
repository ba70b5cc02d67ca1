using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>What fails in the background costs itself alone: an exception that leaves a thread or a timer would end the process.</summary>
public sealed class FailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void PacketOfAnInterfaceThatIsGone_IsNotAnswered(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        using var user = new UserSpace(world);
        world.Send(world.ToVip().WithTtl(1).Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);
        World.Ip("link del v0");

        user.Punts.Take().Should().Be(1);

        user.Punts.Answered.Should().Be(0);
        user.Punts.Failures.Count.Should().Be(0, "an interface may go at any time");
    });

    [Fact]
    public void PuntThatCannotBeHandled_CountedAndTheNextOneIsAnswered() => World.RunAlone(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        using var user = new UserSpace(world);
        world.Send(world.ToVip().WithTtl(1).Tcp(40000, World.Port));
        world.Send(world.ToVip().Tcp(40001, World.Port, TcpBits.Ack, 1));
        world.Maps.Addresses.Map.Dispose();

        user.Punts.Take().Should().Be(2);

        user.Punts.Failures.Count.Should().Be(1);
        user.Punts.Answered.Should().Be(1);
    });

    [Fact]
    public void SubscriberThatThrows_CountedAndTheOtherEventsAreDelivered() => World.Run(Hook.Tc, 4, world =>
    {
        using var user = new UserSpace(world);
        var seen = 0;
        world.Balancer.Connections.Changed += (in ConnectionChange _) => throw (++seen % 2 == 1 ? new InvalidOperationException("subscriber") : new IOException("subscriber"));
        world.With(world.Service(ServiceProtocol.Udp));
        for (ushort port = 5000; port < 5004; port++)
        {
            world.Send(world.ToVip().Udp(port, World.Port));
            world.Send(world.FromEndpoint().Udp(World.EndpointPort, port));
        }

        user.Events.Take().Should().Be(4);

        seen.Should().Be(4);
        user.Punts.Failures.Count.Should().Be(4);
    });

    [Fact]
    public void NetworkCannotBeTakenTwice_FollowedWhenItCan() => World.Run(Hook.Tc, 4, world =>
    {
        var time = new FakeTimeProvider();
        var log = new EventLog();
        using var gone = new ManualResetEventSlim();
        var failing = true;
        using var attachments = new InterfaceAttachments(world.Balancer.DataPlane, world.Options, NullLogger.Instance);
        attachments.OnAttached = attached =>
        {
            if (attached.Name == "w0")
            {
                gone.Set();
            }
            else if (Volatile.Read(ref failing) && attached.Name.StartsWith('x'))
            {
                throw new InvalidOperationException("subscriber");
            }
        };
        using var watcher = new NetworkWatcher(world.Maps, attachments, new InterfacePolicy { DefaultHook = HookMode.Tc }, new NextHopGeneration(world.Maps), [], static (_, _) => { }, static () => { }, time, log);
        watcher.Start();

        // The first failure is in a change, the second one in taking the network anew: x1 is attached by then, x2 is not.
        World.Ip("link add x0 type veth peer name x1");
        WaitFor(() => log.Count(2020) >= 1);
        World.Ip("link add x2 type veth peer name x3");
        WaitFor(() => log.Count(2020) >= 2, time);
        Volatile.Write(ref failing, false);
        World.Ip("link add w0 type veth peer name w1");
        WaitFor(() => gone.IsSet, time);

        WaitFor(() => attachments.Attached.Select(a => a.Name).Intersect(["x0", "x1", "x2", "x3", "w0", "w1"]).Count() == 6, time);
    });

    [Fact]
    public void ExpressionTooSlowForOneName_OthersAreFollowedAndItIsAskedAgain() => World.Run(Hook.Tc, 4, world =>
    {
        var time = new FakeTimeProvider();
        var log = new EventLog();
        var policy = new InterfacePolicy { DefaultHook = HookMode.Tc, Blacklist = new Regex("^(((a+)+)+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(20)) };
        using var attachments = new InterfaceAttachments(world.Balancer.DataPlane, world.Options, NullLogger.Instance);
        using var watcher = new NetworkWatcher(world.Maps, attachments, policy, new NextHopGeneration(world.Maps), [], static (_, _) => { }, static () => { }, time, log);
        watcher.Start();

        World.Ip("link add aaaaaaaaaaaaaab type veth peer name w1");
        WaitFor(() => attachments.Attached.Any(a => a.Name == "w1"));
        WaitFor(() => log.Count(2021) > 0);
        var before = log.Count(2021);
        WaitFor(() => log.Count(2021) > before + 2, time);

        log.Count(2020).Should().Be(0);
        attachments.Attached.Should().NotContain(a => a.Name.StartsWith("aaa"));
    });

    [Fact]
    public void SweepThatFails_KeepsWhatIsToBeReleased() => World.RunAlone(Hook.Tc, 4, world =>
    {
        world.WithTcp(2);
        world.With();
        world.Balancer.Tables.Retired.Should().HaveCount(2);
        world.Maps.Flow6.Map.Dispose();

        world.Balancer.Invoking(b => b.SweepOnce()).Should().Throw<ObjectDisposedException>();

        world.Balancer.Tables.Retired.Should().HaveCount(2);
    });

    [Fact]
    public void DisposedDuringASweep_WaitsForIt() => Sandbox.Run(() =>
    {
        using var time = new HeldTime();
        var balancer = NatBalancer.Open(World.SmallOptions, time: time);
        balancer.ApplyAsync(ServiceModel.Empty).AsTask().GetAwaiter().GetResult();
        balancer.Start(new InterfacePolicy { Whitelist = new Regex("^none$") });
        time.InSweep.Wait(Patience).Should().BeTrue();

        var disposed = balancer.DisposeAsync().AsTask();

        disposed.Wait(TimeSpan.FromMilliseconds(200)).Should().BeFalse("the sweep has begun");
        time.Release.Set();
        disposed.Wait(Patience).Should().BeTrue();
        time.Swept.IsSet.Should().BeTrue();
        time.Failure.Should().BeNull();
    });

    private static void WaitFor(Func<bool> condition, FakeTimeProvider? time = null)
    {
        var reached = SpinWait.SpinUntil(
            () =>
            {
                time?.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            Patience);
        reached.Should().BeTrue();
    }

    /// <summary>The first sweep comes at once and stops where it asks for the time, until it is released.</summary>
    private sealed class HeldTime : TimeProvider, IDisposable
    {
        [ThreadStatic]
        private static bool s_sweeping;

        public ManualResetEventSlim InSweep { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public ManualResetEventSlim Swept { get; } = new();

        public Exception? Failure { get; private set; }

        public override long GetTimestamp()
        {
            if (s_sweeping && !Release.IsSet)
            {
                InSweep.Set();
                Release.Wait();
            }

            return base.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != TimeSpan.FromSeconds(5))
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            return base.CreateTimer(
                s =>
                {
                    s_sweeping = true;
                    try
                    {
                        callback(s);
                    }
                    catch (Exception e)
                    {
                        Failure = e;
                    }
                    finally
                    {
                        s_sweeping = false;
                        Swept.Set();
                    }
                },
                state,
                TimeSpan.Zero,
                period);
        }

        public void Dispose()
        {
            InSweep.Dispose();
            Release.Dispose();
            Swept.Dispose();
        }
    }
}
