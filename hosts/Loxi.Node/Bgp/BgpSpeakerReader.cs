using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core;

namespace Loxi.Node.Bgp;

/// <summary>Reads what the wire says about the speaker, over the one that is there, and collects every problem. Pure but for the address of the host.</summary>
internal static class BgpSpeakerReader
{
    private const string AnAs = "1 to 4294967295, not 23456";

    /// <returns>The speaker; null when there are problems.</returns>
    public static ConfiguredSpeaker? Read(BgpGlobalArguments wire, ConfiguredSpeaker? before, BgpDefaults defaults, IBgpHost host, List<Problem> problems)
    {
        var count = problems.Count;
        var localAs = wire.LocalAs is null or 0 ? before?.LocalAs ?? 0 : wire.LocalAs is >= 1 and <= uint.MaxValue ? (uint)wire.LocalAs : 0;
        if (localAs == 0)
        {
            problems.Add(Problem.Of(BgpFields.LocalAs, wire.LocalAs?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null", AnAs));
        }

        var port = wire.ListenPort switch
        {
            null => before?.ListenPort,
            0 => null,
            { } number => (int?)Math.Clamp(number, -1, ushort.MaxValue + 1),
        };
        if (port is < 1 or > ushort.MaxValue)
        {
            problems.Add(Problem.Of(BgpFields.ListenPort, wire.ListenPort, "0 to 65535"));
        }

        var restart = Number(BgpFields.RestartTime, wire.RestartTime, 4_095, (long?)before?.RestartTime.TotalSeconds, 120, problems);
        var paths = Number(BgpFields.MaximumPaths, wire.MaximumPaths, 64, before?.MaximumPaths, 8, problems);
        var speaker = new ConfiguredSpeaker(localAs == 0 ? 1 : localAs, ReadRouterId(wire.RouterId, before, defaults, host, problems))
        {
            // Clients leave false out.
            NextHopSelf = wire.SetNextHopSelf ?? false,
            ListenPort = port,
            ListenAddresses = ReadAddresses(wire.ListenAddresses, before?.ListenAddresses ?? [], problems),
            Passive = wire.Passive ?? before?.Passive ?? false,
            RestartTime = TimeSpan.FromSeconds(restart),
            MaximumPaths = (int)paths,
            BestPath = ReadBestPath(wire.BestPath, before?.BestPath ?? new BgpBestPathSettings()),
        };
        if (problems.Count == count)
        {
            problems.AddRange(BgpConfigurationValidator.Validate(speaker.ToSettings(defaults)));
        }

        return problems.Count == count ? speaker : null;
    }

    private static IPAddress ReadRouterId(string? text, ConfiguredSpeaker? before, BgpDefaults defaults, IBgpHost host, List<Problem> problems)
    {
        const string AnId = "an IPv4 address that is not 0.0.0.0";
        if (!string.IsNullOrEmpty(text))
        {
            if (AddressText.TryParse(text, out var given) && given.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !given.Equals(IPAddress.Any))
            {
                return given;
            }

            problems.Add(Problem.Of(BgpFields.RouterId, text, AnId));
            return IPAddress.Loopback;
        }

        if ((before?.RouterId ?? defaults.RouterId ?? host.FindRouterId()) is { } known)
        {
            return known;
        }

        problems.Add(Problem.Of(BgpFields.RouterId, text, $"{AnId}: this host has no IPv4 address to take for it"));
        return IPAddress.Loopback;
    }

    private static ImmutableArray<IPAddress> ReadAddresses(IReadOnlyList<string?>? wire, ImmutableArray<IPAddress> before, List<Problem> problems)
    {
        if (wire is null)
        {
            return before;
        }

        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (var (index, text) in wire.Index())
        {
            if (AddressText.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                problems.Add(Problem.Of($"{BgpFields.ListenAddresses}[{index}]", text, BgpReader.AnAddress));
            }
        }

        return addresses.DrainToImmutable();
    }

    private static BgpBestPathSettings ReadBestPath(BgpBestPathArguments? wire, BgpBestPathSettings before) => before with
    {
        IgnoreAsPathLength = wire?.IgnoreAsPathLength ?? before.IgnoreAsPathLength,
        AlwaysCompareMed = wire?.AlwaysCompareMed ?? before.AlwaysCompareMed,
        MissingMedIsWorst = wire?.MissingMedIsWorst ?? before.MissingMedIsWorst,
        CompareRouterId = wire?.CompareRouterId ?? before.CompareRouterId,
        MultipathAcrossAses = wire?.MultipathAcrossAses ?? before.MultipathAcrossAses,
    };

    private static long Number(string field, long? wire, long greatest, long? before, long usual, List<Problem> problems)
    {
        if (wire is null or 0)
        {
            return wire is null ? before ?? usual : usual;
        }

        if (wire >= 1 && wire <= greatest)
        {
            return wire.Value;
        }

        problems.Add(Problem.Of(field, wire, $"0 or 1 to {greatest}"));
        return usual;
    }
}
