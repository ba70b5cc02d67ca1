using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Core;

namespace Loxi.Bgp;

/// <summary>Finds all that is wrong with announcements at once.</summary>
public static class BgpAdvertisementValidator
{
    private const int MostCommunities = 64;
    private const int MostPrepended = 10;
    private const string Unicast = "unicast and not loopback, link-local or IPv4-mapped";

    /// <summary>Checks announcements, also against each other.</summary>
    /// <param name="advertisements">The announcements.</param>
    /// <returns>All problems, with fields as <c>advertisements[3].nextHop</c>; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="advertisements"/> or one of them is null.</exception>
    public static ImmutableArray<Problem> Validate(IReadOnlyList<BgpAdvertisement> advertisements)
    {
        ArgumentNullException.ThrowIfNull(advertisements);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        HashSet<IPNetwork> seen = [];
        for (var i = 0; i < advertisements.Count; i++)
        {
            var advertisement = advertisements[i] ?? throw new ArgumentNullException(nameof(advertisements));
            Check(advertisement, $"advertisements[{i}].", problems);
            if (!seen.Add(advertisement.Prefix))
            {
                problems.Add(Problem.Of($"advertisements[{i}].prefix", advertisement.Prefix, "each prefix once"));
            }
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Checks a change of announcements.</summary>
    /// <param name="announced">What is announced.</param>
    /// <param name="withdrawn">What is announced no more.</param>
    /// <returns>All problems; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException">An argument or one of the announcements is null.</exception>
    internal static ImmutableArray<Problem> Validate(IReadOnlyList<BgpAdvertisement> announced, IReadOnlyList<IPNetwork> withdrawn)
    {
        var problems = Validate(announced);
        HashSet<IPNetwork> prefixes = [.. announced.Select(static a => a.Prefix)];
        return [.. problems, .. withdrawn.Index().Where(w => prefixes.Contains(w.Item)).Select(static w => Problem.Of($"withdrawn[{w.Index}]", w.Item, "a prefix that is not announced by the same change"))];
    }

    private static void Check(BgpAdvertisement advertisement, string within, ImmutableArray<Problem>.Builder problems)
    {
        var address = advertisement.Prefix.BaseAddress;
        // The default route has no address of its own.
        if (advertisement.Prefix.PrefixLength > 0 && !IsUnicast(address))
        {
            problems.Add(Problem.Of(within + "prefix", advertisement.Prefix, $"a prefix of {Unicast}"));
        }

        if (advertisement.NextHop is { } nextHop && (nextHop.AddressFamily != address.AddressFamily || !IsUnicast(nextHop)))
        {
            problems.Add(Problem.Of(within + "nextHop", nextHop, $"an address of the prefix' family, {Unicast}"));
        }

        if (advertisement.Prepend is < 0 or > MostPrepended)
        {
            problems.Add(Problem.Of(within + "prepend", advertisement.Prepend, $"0 to {MostPrepended}"));
        }

        CheckCount(advertisement.Communities.Length, within + "communities", problems);
        CheckCount(advertisement.ExtendedCommunities.Length, within + "extendedCommunities", problems);
        CheckCount(advertisement.LargeCommunities.Length, within + "largeCommunities", problems);
    }

    /// <summary>RFC 4271 6.3, RFC 6890: neither this network, loopback, link-local, multicast, reserved nor IPv4-mapped.</summary>
    private static bool IsUnicast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes() is [not (0 or 127 or >= 224), ..] and not [169, 254, ..]
        : !(address.IsIPv6Multicast || address.IsIPv4MappedToIPv6 || address.IsIPv6LinkLocal || IPAddress.IsLoopback(address) || address.Equals(IPAddress.IPv6Any));

    private static void CheckCount(int count, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (count > MostCommunities)
        {
            problems.Add(Problem.Of(field, count, $"at most {MostCommunities}"));
        }
    }
}
