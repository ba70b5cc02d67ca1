using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Transport;
using Loxi.Core;
using Loxi.Linux;

namespace Loxi.Bgp;

/// <content>Keys of TCP MD5 (RFC 2385) and TCP-AO (RFC 5925) on the listening sockets.</content>
public sealed partial class BgpSpeaker
{
    /// <summary>Keys of all peers on all listeners.</summary>
    private void SetKeys(BgpConfiguration configuration, BgpConfiguration? before, List<BgpListener> opened, List<BgpListener> kept, ImmutableArray<Problem>.Builder problems)
    {
        var desired = KeysOf(configuration);
        foreach (var listener in opened)
        {
            Change(listener, [], desired, problems);
        }

        foreach (var listener in kept)
        {
            Change(listener, before is null ? [] : KeysOf(before), desired, problems);
        }
    }

    /// <summary>After a refusal: the keys of the configuration that stays. Which of the others were set is not known.</summary>
    private void RestoreKeys(BgpConfiguration refused, BgpConfiguration? before, List<BgpListener> kept)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var listener in kept)
        {
            Change(listener, KeysOf(refused), [], problems);
            Change(listener, [], before is null ? [] : KeysOf(before), problems);
        }

        foreach (var problem in problems)
        {
            LogKeyNotRestored(problem);
        }
    }

    private static void Change(BgpListener listener, List<Key> from, List<Key> to, ImmutableArray<Problem>.Builder problems)
    {
        // The kernel knows one key for an address, whatever its scope. A key of TCP MD5 is overwritten, one of TCP-AO is not.
        foreach (var key in from.Where(key => !to.Exists(other => other.IsOfSame(key) && (key.TcpAo is null || key.TcpAo == other.TcpAo))))
        {
            Try(listener, key, problems, static (l, k) =>
            {
                if (k.TcpAo is { } tcpAo)
                {
                    l.RemoveTcpAoKey(k.Address, k.PrefixLength, tcpAo);
                }
                else
                {
                    l.SetMd5Key(k.Address, k.PrefixLength, null);
                }
            });
        }

        foreach (var key in to.Where(key => !from.Exists(other => other.IsOfSame(key) && other.Password == key.Password && other.TcpAo == key.TcpAo)))
        {
            Try(listener, key, problems, static (l, k) =>
            {
                if (k.TcpAo is { } tcpAo)
                {
                    l.AddTcpAoKey(k.Address, k.PrefixLength, tcpAo);
                }
                else
                {
                    l.SetMd5Key(k.Address, k.PrefixLength, k.Password);
                }
            });
        }
    }

    private static void Try(BgpListener listener, Key key, ImmutableArray<Problem>.Builder problems, Action<BgpListener, Key> change)
    {
        if (key.Address.AddressFamily != listener.LocalEndPoint.AddressFamily)
        {
            return;
        }

        try
        {
            change(listener, key);
        }
        catch (LinuxException e)
        {
            // The key itself is a secret.
            problems.Add(Problem.Of(key.Field, "(secret)", $"a key that the kernel takes: {e.Message}"));
        }
    }

    /// <summary>TCP-AO where the kernel has none: nobody would be answered, or the peer not be sure of us.</summary>
    private static IEnumerable<Problem> WithoutTcpAo(BgpConfiguration configuration)
    {
        (string Field, BgpTcpAoKey? Key)[] keys =
        [
            .. configuration.Peers.Index().Select(static p => (BgpFields.Peer(p.Index) + BgpFields.TcpAo, p.Item.TcpAo)),
            .. configuration.PeerRanges.Index().Select(static r => (BgpFields.PeerRange(r.Index) + BgpFields.TcpAo, r.Item.Settings.TcpAo)),
        ];
        return Array.Exists(keys, static key => key.Key is not null) && TcpAuthenticationOption.Probe() is { } missing
            ? keys.Where(static key => key.Key is not null).Select(key => Problem.Of(key.Field, key.Key, $"none: {missing}"))
            : [];
    }

    private List<Key> KeysOf(BgpConfiguration configuration) =>
    [
        .. configuration.Peers.Index().Select(p => Key.Of(p.Item, InNamespace(() => Links.ScopedOrPlain(p.Item.Address, p.Item.Interface)), null, BgpFields.Peer(p.Index))).OfType<Key>(),
        .. configuration.PeerRanges.Index().Select(static r => Key.Of(r.Item.Settings, r.Item.Network.BaseAddress, r.Item.Network.PrefixLength, BgpFields.PeerRange(r.Index))).OfType<Key>(),
    ];

    private sealed record Key(IPAddress Address, int? PrefixLength, string? Password, BgpTcpAoKey? TcpAo, string Field)
    {
        internal static Key? Of(BgpPeerSettings settings, IPAddress address, int? prefixLength, string field) => settings switch
        {
            { TcpAo: { } key } => new Key(address, prefixLength, null, key, field + BgpFields.TcpAo),
            { Md5Password: { } password } => new Key(address, prefixLength, password, null, field + BgpFields.Md5Password),
            _ => null,
        };

        internal bool IsOfSame(Key other) => (TcpAo is null) == (other.TcpAo is null) && PrefixLength == other.PrefixLength && Address.GetAddressBytes().AsSpan().SequenceEqual(other.Address.GetAddressBytes());
    }
}
