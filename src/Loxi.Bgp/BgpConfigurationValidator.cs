using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Core;

namespace Loxi.Bgp;

/// <summary>Finds all that is wrong with a configuration at once. Whether policies are there is not looked at: a peer is checked by itself.</summary>
public static partial class BgpConfigurationValidator
{
    private const uint AsTrans = 23456;
    private const string AnAs = "1 to 4294967295, not 23456";
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";
    private const int LongestRestart = 4_095;
    private const int MostPaths = 64;
    private const int MostPeersOfARange = 10_000;

    /// <summary>Checks a configuration, also its members against each other.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>All problems, named as <see cref="BgpFields"/> says; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configuration"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(BgpConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var speaker = configuration.Speaker;
        var problems = ImmutableArray.CreateBuilder<Problem>();
        problems.AddRange(Validate(speaker).Select(static p => p.Within(BgpFields.Speaker)));
        var seen = new Dictionary<BgpPeerKey, int>();
        foreach (var (index, peer) in configuration.Peers.Index())
        {
            problems.AddRange(Validate(peer, speaker.LocalAs).Select(p => p.Within(BgpFields.Peer(index))));
            if (!seen.TryAdd(BgpPeerKey.Of(peer), index))
            {
                problems.Add(Problem.Of(BgpFields.Peer(index) + BgpFields.Address, peer.Address, $"another address, or of a link-local one another interface, than peers[{seen[BgpPeerKey.Of(peer)]}] has"));
            }
        }

        var ranges = new HashSet<(IPNetwork Network, string? Interface)>();
        foreach (var (index, range) in configuration.PeerRanges.Index())
        {
            var within = BgpFields.PeerRange(index);
            problems.AddRange(Validate(range, speaker.LocalAs).Select(p => p.Within(within)));
            Require(ranges.Add(range.Key), within + BgpFields.Network, range.Network, "other addresses than the ranges before have", problems);
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Checks a range of peers.</summary>
    /// <param name="range">The range.</param>
    /// <param name="localAs">The speaker's AS; 0 when it is not known yet.</param>
    /// <returns>All problems, the names without <see cref="BgpFields.PeerRange"/>; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="range"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(BgpPeerRange range, uint localAs = 0)
    {
        ArgumentNullException.ThrowIfNull(range);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var network = range.Network;
        // The address of the settings is a place holder, and the first address of a range is nobody's.
        problems.AddRange(Validate(range.Settings with { Address = network.BaseAddress }, localAs).Where(static p => p.Field != BgpFields.Address));
        Require(network.PrefixLength == 0 || !IsMulticast(network.BaseAddress), BgpFields.Network, network, "unicast addresses", problems);
        Require(range.Limit is >= 1 and <= MostPeersOfARange, BgpFields.Limit, range.Limit, $"1 to {MostPeersOfARange}", problems);
        return problems.DrainToImmutable();
    }

    /// <summary>Checks a speaker.</summary>
    /// <param name="speaker">Its settings.</param>
    /// <returns>All problems, the names without <see cref="BgpFields.Speaker"/>; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="speaker"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(BgpSpeakerSettings speaker)
    {
        ArgumentNullException.ThrowIfNull(speaker);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        Require(IsAs(speaker.LocalAs), BgpFields.LocalAs, speaker.LocalAs, AnAs, problems);
        Require(
            speaker.RouterId.AddressFamily == AddressFamily.InterNetwork && !speaker.RouterId.Equals(IPAddress.Any), BgpFields.RouterId, speaker.RouterId, "an IPv4 address that is not 0.0.0.0", problems);
        Require(speaker.ListenPort is >= 0 and <= ushort.MaxValue, BgpFields.ListenPort, speaker.ListenPort, "0 to 65535", problems);
        foreach (var (index, address) in speaker.ListenAddresses.Index())
        {
            var field = $"{BgpFields.ListenAddresses}[{index}]";
            Require(IsUnicast(address), field, address, Unicast, problems);
            Require(speaker.ListenAddresses.IndexOf(address) == index, field, address, "each address once", problems);
        }

        Require(IsWhole(speaker.RestartTime, 1, LongestRestart), BgpFields.RestartTime, Seconds(speaker.RestartTime), $"1 to {LongestRestart} whole seconds", problems);
        Require(speaker.MaximumPaths is >= 1 and <= MostPaths, BgpFields.MaximumPaths, speaker.MaximumPaths, $"1 to {MostPaths}", problems);
        return problems.DrainToImmutable();
    }

    private static bool IsMulticast(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[0] is >= 224 and < 240 : address.IsIPv6Multicast;

    private static bool IsAs(uint number) => number is not 0 and not AsTrans;

    private static bool IsUnicast(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            // 0/8 "this network" (RFC 1122 3.2.1.3), 224/4 multicast, 240/4 reserved and broadcast.
            ? bytes[0] is not 0 and < 224
            : !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && bytes.ContainsAnyExcept((byte)0);
    }

    private static bool IsWhole(TimeSpan time, long least, long greatest) =>
        time.Ticks % TimeSpan.TicksPerSecond == 0 && time.Ticks / TimeSpan.TicksPerSecond >= least && time.Ticks / TimeSpan.TicksPerSecond <= greatest;

    private static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds} s");

    private static void Require(bool holds, string field, object? value, string expected, ImmutableArray<Problem>.Builder problems)
    {
        if (!holds)
        {
            problems.Add(Problem.Of(field, value, expected));
        }
    }
}
