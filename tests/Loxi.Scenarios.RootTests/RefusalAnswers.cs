using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests;

/// <summary>How many refused SYNs the node answers.</summary>
internal static partial class RefusalAnswers
{
    private const int PerSecond = 200;
    private const int Burst = 2 * PerSecond;

    /// <summary>Refusals of TCP whose answer was sent or not, by the metrics.</summary>
    public static async Task<long> CountAsync(Scenario scenario)
    {
        var metrics = await scenario.ReadMetricsAsync();
        return AnswerLine().Matches(metrics).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Sends SYNs that are refused for a reason: each is counted, and the number of answers has its bound.</summary>
    public static async Task CheckFloodAsync(Scenario scenario, string reason, int syns, Func<ushort, PacketBuilder> build)
    {
        const ushort firstPort = 10_000;
        using var wire = scenario.Lab.Client.Capture("eth0", packet => packet.HasFlags(TcpBits.Rst) && !packet.Outgoing);
        var refused = await scenario.ReadReasonAsync(reason);
        var before = await CountAsync(scenario);
        var started = Stopwatch.GetTimestamp();

        for (var i = 0; i < syns; i++)
        {
            wire.Send(build((ushort)(firstPort + i)).WithMacs(scenario.Lab.Client.Mac("eth0"), scenario.Lab.Node.Mac("eth0")).ToFrame());
        }

        await Scenario.WaitUntilAsync(async () =>
        {
            var counted = await CountAsync(scenario) - before;
            return (counted == syns, $"{counted} of {syns} refusals are counted as sent, suppressed or lost");
        });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (await scenario.ReadReasonAsync(reason) - refused).Should().Be((ulong)syns);
        wire.Packets.Should().HaveCountLessThanOrEqualTo(Burst + (int)(PerSecond * seconds) + 1);
        wire.Packets.Should().HaveCountGreaterThanOrEqualTo(10);
    }

    [GeneratedRegex("(?m)^loxi_nat_(?:answers_total\\{[^}]*kind=\"tcp_reset\"[^}]*\\}|packets_total\\{[^}]*reason=\"punt_(?:suppressed|lost)\"[^}]*\\}) ([0-9]+)")]
    private static partial Regex AnswerLine();
}
