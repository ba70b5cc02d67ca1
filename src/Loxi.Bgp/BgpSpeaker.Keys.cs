using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Transport;
using Loxi.Core;
using Loxi.Linux;

namespace Loxi.Bgp;

/// <content>TCP MD5 keys on the listening sockets (RFC 2385).</content>
public sealed partial class BgpSpeaker
{
    /// <summary>TCP MD5 keys of all peers on all listeners.</summary>
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
        // The kernel knows one key for an address, whatever its scope.
        foreach (var key in from.Where(key => !to.Exists(other => other.IsOfSame(key))))
        {
            TrySet(listener, key with { Password = null }, problems);
        }

        foreach (var key in to.Where(key => !from.Exists(other => other.IsOfSame(key) && other.Password == key.Password)))
        {
            TrySet(listener, key, problems);
        }
    }

    private static void TrySet(BgpListener listener, Key key, ImmutableArray<Problem>.Builder problems)
    {
        if (key.Address.AddressFamily != listener.LocalEndPoint.AddressFamily)
        {
            return;
        }

        try
        {
            listener.SetMd5Key(key.Address, key.PrefixLength, key.Password);
        }
        catch (LinuxException e)
        {
            // The key itself is a secret.
            problems.Add(Problem.Of(key.Field, "(secret)", $"a key that the kernel takes: {e.Message}"));
        }
    }

    private List<Key> KeysOf(BgpConfiguration configuration) =>
    [
        .. configuration.Peers.Index().Where(static p => p.Item.Md5Password is not null)
            .Select(p => new Key(InNamespace(() => Links.ScopedOrPlain(p.Item.Address, p.Item.Interface)), null, p.Item.Md5Password, BgpFields.Peer(p.Index) + BgpFields.Md5Password)),
        .. configuration.PeerRanges.Index().Where(static r => r.Item.Settings.Md5Password is not null)
            .Select(static r => new Key(r.Item.Network.BaseAddress, r.Item.Network.PrefixLength, r.Item.Settings.Md5Password, BgpFields.PeerRange(r.Index) + BgpFields.Md5Password)),
    ];

    private sealed record Key(IPAddress Address, int? PrefixLength, string? Password, string Field)
    {
        internal bool IsOfSame(Key other) => PrefixLength == other.PrefixLength && Address.GetAddressBytes().AsSpan().SequenceEqual(other.Address.GetAddressBytes());
    }
}
