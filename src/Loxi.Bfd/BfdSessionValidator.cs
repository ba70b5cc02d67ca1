using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.Core;

namespace Loxi.Bfd;

/// <summary>Finds all that is wrong with the settings of sessions at once.</summary>
public static partial class BfdSessionValidator
{
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";

    /// <summary>Checks one session.</summary>
    /// <param name="settings">Its settings.</param>
    /// <returns>All problems; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(BfdSessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        CheckAddresses(settings, problems);
        CheckInterface(settings, problems);
        CheckKind(settings, problems);
        CheckNumbers(settings, problems);
        CheckAuthentication(settings.Authentication, problems);
        return problems.DrainToImmutable();
    }

    /// <summary>Checks all sessions of a system, also against each other.</summary>
    /// <param name="sessions">Their settings.</param>
    /// <returns>All problems, each field preceded by <c>sessions[n].</c>; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sessions"/> or one of them is null.</exception>
    public static ImmutableArray<Problem> Validate(IReadOnlyList<BfdSessionSettings> sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var seen = new Dictionary<(BfdSessionKind, string, string?, string?), int>();
        for (var i = 0; i < sessions.Count; i++)
        {
            var session = sessions[i];
            problems.AddRange(Validate(session).Select(p => p.Within($"sessions[{i}].")));
            if (session.PeerAddress is null)
            {
                continue;
            }

            // On a point-to-point link the addresses identify nothing (RFC 5881 6).
            var key = session.PointToPoint
                ? (session.Kind, session.PeerAddress.AddressFamily.ToString(), null, session.Interface)
                : (session.Kind, session.PeerAddress.ToString(), session.LocalAddress?.ToString(), session.Interface);
            if (!seen.TryAdd(key, i))
            {
                problems.Add(Problem.Of(BfdSessionFields.PeerAddress, session.PeerAddress, $"another peer, own address, interface or kind than sessions[{seen[key]}] has").Within($"sessions[{i}]."));
            }
        }

        return problems.DrainToImmutable();
    }

    private static void CheckAddresses(BfdSessionSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        var (peer, local) = (settings.PeerAddress, settings.LocalAddress);
        if (peer is null || !IsUnicast(peer))
        {
            problems.Add(Problem.Of(BfdSessionFields.PeerAddress, peer, Unicast));
        }

        if (local is not null && !IsUnicast(local))
        {
            problems.Add(Problem.Of(BfdSessionFields.LocalAddress, local, Unicast));
        }

        if (peer is null)
        {
            return;
        }

        if (local is not null && local.AddressFamily != peer.AddressFamily)
        {
            problems.Add(Problem.Of(BfdSessionFields.LocalAddress, local, $"an address of the family of the peer {peer}"));
        }
        else if (local is not null && WithoutScope(local).Equals(WithoutScope(peer)))
        {
            problems.Add(Problem.Of(BfdSessionFields.PeerAddress, peer, "another address than the own one"));
        }

        if (!peer.IsIPv6LinkLocal)
        {
            return;
        }

        if (settings.Kind == BfdSessionKind.Multihop)
        {
            problems.Add(Problem.Of(BfdSessionFields.PeerAddress, peer, "an address that is not link-local for a session over several hops"));
        }
        else if (settings.Interface is null && peer.ScopeId == 0)
        {
            problems.Add(Problem.Of(BfdSessionFields.Interface, null, $"the interface of the link-local peer {peer}, or a scope in its address"));
        }
    }

    private static void CheckInterface(BfdSessionSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        if (settings.Interface is { } name && !IsInterfaceName(name))
        {
            problems.Add(Problem.Of(BfdSessionFields.Interface, name, $"1 to {BfdLimits.LongestInterfaceName} bytes without white space, '/' and ':', not '.' or '..'"));
        }

        if (settings.PointToPoint && settings.Interface is null)
        {
            problems.Add(Problem.Of(BfdSessionFields.Interface, null, "the name of the point-to-point link"));
        }
    }

    private static bool IsUnicast(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            Span<byte> bytes = stackalloc byte[4];
            address.TryWriteBytes(bytes, out _);
            // 0/8 "this network" (RFC 1122 3.2.1.3), 224/4 multicast, 240/4 reserved and broadcast.
            return bytes[0] is not 0 and < 224;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6
            && !WithoutScope(address).Equals(IPAddress.IPv6Any);
    }

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    private static bool IsInterfaceName(string name) => Encoding.UTF8.GetByteCount(name) is > 0 and <= BfdLimits.LongestInterfaceName
        && name is not ("." or "..") && !name.Any(static c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
}
