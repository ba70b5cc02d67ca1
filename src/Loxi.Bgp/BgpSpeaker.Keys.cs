using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Transport;
using Loxi.Core;
using Loxi.Linux;

namespace Loxi.Bgp;

/// <content>TCP MD5 keys on the listening sockets (RFC 2385).</content>
public sealed partial class BgpSpeaker
{
    /// <summary>TCP MD5 keys of all peers on all listeners; what was set before is put back when one is refused.</summary>
    private void SetKeys(BgpConfiguration configuration, BgpConfiguration? before, List<BgpListener> opened, List<BgpListener> kept, ImmutableArray<Problem>.Builder problems)
    {
        var desired = KeysOf(configuration);
        var current = before is null ? [] : KeysOf(before);
        foreach (var (listener, known) in opened.Select(static l => (l, false)).Concat(kept.Select(static l => (l, true))))
        {
            foreach (var (address, length, password, field) in desired)
            {
                if (!known || !current.Any(c => c.Address.Equals(address) && c.Length == length && c.Password == password))
                {
                    TrySet(listener, address, length, password, field, problems);
                }
            }
        }

        foreach (var listener in kept)
        {
            // In a failure too: keys that are set already are those of the configuration that stays.
            foreach (var (address, length, _, field) in (problems.Count == 0 ? current : desired).Where(c => !(problems.Count == 0 ? desired : current).Any(d => d.Address.Equals(c.Address) && d.Length == c.Length)))
            {
                TrySet(listener, address, length, null, field, problems);
            }
        }
    }

    private static void TrySet(BgpListener listener, IPAddress address, int? length, string? password, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (address.AddressFamily != listener.LocalEndPoint.AddressFamily)
        {
            return;
        }

        try
        {
            listener.SetMd5Key(address, length, password);
        }
        catch (LinuxException e)
        {
            // The key itself is a secret.
            problems.Add(Problem.Of(field, "(secret)", $"a key that the kernel takes: {e.Message}"));
        }
    }

    private List<(IPAddress Address, int? Length, string Password, string Field)> KeysOf(BgpConfiguration configuration) =>
    [
        .. configuration.Peers.Index().Where(static p => p.Item.Md5Password is not null)
            .Select(p => (InNamespace(() => Links.ScopedOrPlain(p.Item.Address, p.Item.Interface)), (int?)null, p.Item.Md5Password!, BgpFields.Peer(p.Index) + BgpFields.Md5Password)),
        .. configuration.PeerRanges.Index().Where(static r => r.Item.Settings.Md5Password is not null)
            .Select(static r => (r.Item.Network.BaseAddress, (int?)r.Item.Network.PrefixLength, r.Item.Settings.Md5Password!, BgpFields.PeerRange(r.Index) + BgpFields.Md5Password)),
    ];
}
