using System.Diagnostics;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A connection is removed in the very moment in which it comes from another node, tens of thousands of times.</summary>
public sealed class RemovalRaceTests
{
    /// <summary>The endpoint is dead, so each packet removes the connection that it meets; and stays as it is, so one run of the program is of thousands.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void PacketsRemoveWhatAnotherNodeInserts_BothDirectionsOrNone(Hook hook, int family) => World.Run(hook, family, world =>
    {
        const int Packets = 5_000;
        world.WithTcp();
        var (index, endpoint) = world.Maps.Endpoints.ToArray().Single(e => e.Value.Serial != 0);
        world.Maps.Endpoints.Update(index, endpoint with { Flags = (ushort)(endpoint.Flags & ~Shared.EndpointActive) });
        byte[][] frames =
        [
            world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001).ToFrame(),
            world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Ack, 5001, 1001).ToFrame(),
        ];
        // Not in the other thread: loaded there, an error would end the process.
        world.Repeat(frames[0], 1);
        var records = new ConnectionRecord[Shared.ImportBatch];
        var outcomes = new ConnectionImportOutcome[records.Length];
        var counter = 10u;
        var inserted = 0;
        var started = Stopwatch.GetTimestamp();
        // Until they have met often enough, or the machine has no two CPUs for it.
        for (var round = 0; round < 20 || Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(Removed() < 1000 ? 15 : 2); round++)
        {
            var frame = frames[round % frames.Length];
            // A thread of its own is in the namespace of the one that makes it.
            var packets = new Thread(() => world.Repeat(frame, Packets));
            packets.Start();
            do
            {
                for (var i = 0; i < records.Length; i++)
                {
                    records[i] = Exchange.Tcp(world, counter: counter++) with { Operation = i % 2 == 0 ? ConnectionOperation.Put : ConnectionOperation.Delete };
                }

                world.Balancer.Connections.Import(records, outcomes);
                inserted += outcomes.Count(o => o.Result == ConnectionImportResult.Inserted);
            }
            while (packets.IsAlive);
            packets.Join();
            world.EntryCount.Should().BeOneOf([0, 2], $"round {round} leaves a connection or none");
        }

        inserted.Should().BeGreaterThan(1000);
        Removed().Should().BeGreaterThan(0);
        world.CountsAreRight();

        ulong Removed() => world.Count(RawReason.RefusedEndpointDead);
    });
}
