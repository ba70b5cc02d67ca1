using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Policy;

/// <summary>Prefixes with ranges of lengths, compiled: one look-up for each length that a network of the set has.</summary>
internal sealed class PrefixMatcher
{
    private readonly FrozenDictionary<Prefix, (byte Low, byte High)[]> _ranges;
    private readonly byte[] _lengths4;
    private readonly byte[] _lengths6;

    private PrefixMatcher(IEnumerable<(Prefix Network, byte Low, byte High)> members)
    {
        _ranges = members.GroupBy(static m => m.Network, static m => (m.Low, m.High)).ToFrozenDictionary(static g => g.Key, static g => g.ToArray());
        _lengths4 = Lengths(BgpFamily.Ipv4Unicast);
        _lengths6 = Lengths(BgpFamily.Ipv6Unicast);
    }

    internal static PrefixMatcher Of(BgpPrefixSet set)
        => new(set.Prefixes.Select(static range =>
        {
            var network = ToPrefix(range.Network);
            var low = range.MinimumLength ?? network.Length;
            return (network, (byte)low, (byte)(range.MaximumLength ?? low));
        }));

    /// <summary>Addresses in networks.</summary>
    internal static PrefixMatcher Of(IEnumerable<IPNetwork> networks)
        => new(networks.Select(static n => (ToPrefix(n), (byte)0, byte.MaxValue)));

    internal static Prefix ToPrefix(IPNetwork network)
        => Prefix.Create(
            network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? BgpFamily.Ipv4Unicast : BgpFamily.Ipv6Unicast, (byte)network.PrefixLength, NextHop.Bits(network.BaseAddress));

    internal bool Matches(in Prefix prefix)
    {
        foreach (var length in prefix.Family == BgpFamily.Ipv4Unicast ? _lengths4 : _lengths6)
        {
            if (length > prefix.Length)
            {
                break;
            }

            if (_ranges.TryGetValue(Prefix.Create(prefix.Family, length, prefix.Bits), out var ranges))
            {
                foreach (var (low, high) in ranges)
                {
                    if (prefix.Length >= low && prefix.Length <= high)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private byte[] Lengths(BgpFamily family) => [.. _ranges.Keys.Where(p => p.Family == family).Select(static p => p.Length).Distinct().Order()];
}
