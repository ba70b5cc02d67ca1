using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.Core;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Wire;

namespace Loxi.Ha.Transport;

/// <summary>Finds all that is wrong with settings at once.</summary>
public static class RoleSpeakerValidator
{
    private const int MostGroups = 64;
    private const int MostKeys = 8;
    private const int LongestInterfaceName = 15;
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";

    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan GreatestInterval = TimeSpan.FromSeconds(10);

    /// <summary>Checks settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>All problems; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(RoleSpeakerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        CheckNumbers(settings, problems);
        CheckPeers(settings, problems);
        CheckGroups(settings.Groups, problems);
        CheckAuthentication(settings.Authentication, problems);
        return problems.DrainToImmutable();
    }

    private static void CheckNumbers(RoleSpeakerSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        Require(settings.Slices is >= 1 and <= 64, RoleSpeakerFields.Slices, settings.Slices, "1 to 64", problems);
        Require(settings.NodeId < Math.Max(settings.Slices, 1), RoleSpeakerFields.NodeId, settings.NodeId, $"0 to {Math.Max(settings.Slices, 1) - 1}: less than the number of slices {settings.Slices}", problems);
        Require(settings.Interval >= LeastInterval && settings.Interval <= GreatestInterval, RoleSpeakerFields.Interval, settings.Interval, "10 ms to 10 s", problems);
        Require(settings.Multiplier is >= 2 and <= 50, RoleSpeakerFields.Multiplier, settings.Multiplier, "2 to 50", problems);
        Require(settings.AliveAhead is not { } ahead || (ahead >= settings.Interval && ahead <= TimeSpan.FromHours(2)), RoleSpeakerFields.AliveAhead, settings.AliveAhead, "one interval to 2 hours", problems);
    }

    private static void CheckPeers(RoleSpeakerSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        var peers = settings.Peers;
        Require(peers.Length <= RoleSpeakerSettings.MostPeers, RoleSpeakerFields.Peers, peers.Length, $"at most {RoleSpeakerSettings.MostPeers}", problems);
        Require(settings.Source != RoleSource.Peers || peers.Length > 0, RoleSpeakerFields.Peers, "none", "at least one where the nodes decide", problems);
        Require(settings.Source == RoleSource.Peers || peers.Length == 0, RoleSpeakerFields.Peers, peers.Length, "none where the nodes do not decide", problems);
        var ids = new Dictionary<ushort, int>();
        var addresses = new Dictionary<(IPAddress, string?), string>();
        for (var i = 0; i < peers.Length; i++)
        {
            var peer = peers[i];
            Require(peer.NodeId != settings.NodeId, RoleSpeakerFields.Peer(i, RoleSpeakerFields.NodeId), peer.NodeId, "another id than the own", problems);
            Require(peer.NodeId < Math.Max(settings.Slices, 1), RoleSpeakerFields.Peer(i, RoleSpeakerFields.NodeId), peer.NodeId, $"less than the number of slices {settings.Slices}", problems);
            if (!ids.TryAdd(peer.NodeId, i))
            {
                problems.Add(Problem.Of(RoleSpeakerFields.Peer(i, RoleSpeakerFields.NodeId), peer.NodeId, $"another id than {RoleSpeakerFields.Peers}[{ids[peer.NodeId]}] has"));
            }

            Require(peer.Paths.Length is >= 1 and <= RolePeer.MostPaths, RoleSpeakerFields.Peer(i, "paths"), peer.Paths.Length, $"1 to {RolePeer.MostPaths} paths", problems);
            for (var j = 0; j < peer.Paths.Length; j++)
            {
                CheckPath(peer.Paths[j], i, j, addresses, problems);
            }
        }
    }

    private static void CheckPath(RolePath path, int i, int j, Dictionary<(IPAddress, string?), string> addresses, ImmutableArray<Problem>.Builder problems)
    {
        var before = problems.Count;
        Require(IsUnicast(path.PeerAddress), RoleSpeakerFields.Path(i, j, "peerAddress"), path.PeerAddress, Unicast, problems);
        Require(path.LocalAddress is null || IsUnicast(path.LocalAddress), RoleSpeakerFields.Path(i, j, "localAddress"), path.LocalAddress, Unicast, problems);
        Require(path.Interface is null || IsInterfaceName(path.Interface), RoleSpeakerFields.Path(i, j, "interface"), path.Interface, $"1 to {LongestInterfaceName} bytes without white space, '/' and ':', not '.' or '..'", problems);
        if (problems.Count != before)
        {
            return;
        }

        var (peer, local) = (path.PeerAddress, path.LocalAddress);
        Require(local is null || local.AddressFamily == peer.AddressFamily, RoleSpeakerFields.Path(i, j, "localAddress"), local, $"an address of the family of the peer {peer}", problems);
        Require(local is null || !WithoutScope(local).Equals(WithoutScope(peer)), RoleSpeakerFields.Path(i, j, "peerAddress"), peer, "another address than the own", problems);
        Require(!peer.IsIPv6LinkLocal || path.Interface is not null, RoleSpeakerFields.Path(i, j, "interface"), path.Interface, $"the interface of the link-local peer {peer}", problems);
        var name = $"{RoleSpeakerFields.Peers}[{i}].paths[{j}]";
        if (!addresses.TryAdd((WithoutScope(peer), path.Interface), name))
        {
            problems.Add(Problem.Of(RoleSpeakerFields.Path(i, j, "peerAddress"), peer, $"another address or interface than {addresses[(WithoutScope(peer), path.Interface)]} has"));
        }
    }

    private static void CheckGroups(ImmutableArray<RoleGroup> groups, ImmutableArray<Problem>.Builder problems)
    {
        Require(groups.Length <= MostGroups, RoleSpeakerFields.Groups, groups.Length, $"at most {MostGroups}", problems);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < groups.Length; i++)
        {
            var name = groups[i].Name;
            var isName = name is { Length: > 0 and <= HelloLayout.LongestName } && name.All(static c => c is > ' ' and <= '~');
            Require(isName, $"{RoleSpeakerFields.Groups}[{i}].name", name, "1 to 63 printable ASCII characters without space", problems);
            if (isName && !names.TryAdd(name, i))
            {
                problems.Add(Problem.Of($"{RoleSpeakerFields.Groups}[{i}].name", name, $"another name than {RoleSpeakerFields.Groups}[{names[name]}] has"));
            }
        }
    }

    private static void CheckAuthentication(HelloAuthentication authentication, ImmutableArray<Problem>.Builder problems)
    {
        var (mode, keys) = (authentication.Mode, authentication.Keys);
        Require(!authentication.Required || mode == HelloAuthenticationMode.Enforce, RoleSpeakerFields.Mode, mode, "enforce, because authentication is required", problems);
        Require(mode == HelloAuthenticationMode.Bootstrap || keys.Length > 0, RoleSpeakerFields.Keys, "none", "at least one key, or bootstrap", problems);
        Require(mode != HelloAuthenticationMode.Bootstrap || keys.Length == 0, RoleSpeakerFields.Keys, keys.Length, "no key in bootstrap", problems);
        Require(keys.Length <= MostKeys, RoleSpeakerFields.Keys, keys.Length, $"at most {MostKeys}", problems);
        foreach (var twice in keys.GroupBy(static k => k.Id).Where(static g => g.Count() > 1))
        {
            problems.Add(Problem.Of(RoleSpeakerFields.Keys, twice.Key, "each number once"));
        }

        Require(authentication.SendKeyId is not { } id || keys.Any(k => k.Id == id), RoleSpeakerFields.SendKeyId, authentication.SendKeyId, "the number of one of the keys", problems);
    }

    private static void Require(bool holds, string field, object? value, string expected, ImmutableArray<Problem>.Builder problems)
    {
        if (!holds)
        {
            problems.Add(Problem.Of(field, value, expected));
        }
    }

    private static bool IsUnicast(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            Span<byte> bytes = stackalloc byte[4];
            address.TryWriteBytes(bytes, out _);
            // 0/8 "this network" (RFC 1122 3.2.1.3), 224/4 multicast, 240/4 reserved and broadcast.
            return bytes[0] is not 0 and < 224;
        }

        return !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && !WithoutScope(address).Equals(IPAddress.IPv6Any);
    }

    internal static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    private static bool IsInterfaceName(string name) => Encoding.UTF8.GetByteCount(name) is > 0 and <= LongestInterfaceName
        && name is not ("." or "..") && !name.Any(static c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
}
