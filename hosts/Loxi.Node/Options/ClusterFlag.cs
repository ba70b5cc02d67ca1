using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Api.Mapping;
using Loxi.Core;
using Loxi.Ha.Transport;

namespace Loxi.Node.Options;

/// <summary>
/// Reads <c>--cluster</c>: loxilb's list of addresses, with the number of the node where it cannot be known, IPv6 in brackets or not, and an interface for link-local
/// addresses. The same number again is one more path to that node. The peer of <c>--ka</c> is a path too.
/// </summary>
internal static class ClusterFlag
{
    public const string Name = "--cluster";

    private const string Grammar = "[NUMBER@]ADDRESS[%IFNAME][,...] such as 192.0.2.2, or 1@192.0.2.2,1@198.51.100.2,2@192.0.2.3 with the number that each node has by --self; or none";

    /// <summary>Reads the flags; empty when they name no other node, and when there are problems.</summary>
    /// <param name="text">What <c>--cluster</c> says; null when it is absent.</param>
    /// <param name="keepAlive">The session of <c>--ka</c>; null for none.</param>
    /// <param name="self">The number of this node.</param>
    /// <param name="slices">How many numbers there are.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static ImmutableArray<RolePeer> Read(string? text, KeepAlive? keepAlive, int self, int slices, List<Problem> problems)
    {
        var count = problems.Count;
        var paths = new List<(ushort? Node, RolePath Path)>();
        foreach (var part in text is null or "none" ? [] : text.Split(','))
        {
            if (TryRead(part, out var node, out var path))
            {
                paths.Add((node, path));
            }
            else
            {
                problems.Add(Problem.Of(Name, part, Grammar));
            }
        }

        if (problems.Count != count)
        {
            return [];
        }

        var other = slices == 2 ? (ushort?)(1 - self) : null;
        var unnamed = paths.Count(static p => p.Node is null);
        if (unnamed > 0 && (other is null || unnamed > 1 || paths.Any(p => p.Node is { } node && node != other)))
        {
            problems.Add(Problem.Of(Name, text, "the number of each node before its address, as NUMBER@ADDRESS, where there are more than two nodes or several ways to one"));
            return [];
        }

        AddKeepAlive(keepAlive, other, paths, problems);
        if (problems.Count == count)
        {
            Check(text, paths, self, slices, problems);
        }

        return problems.Count != count ? [] : [.. paths.GroupBy(p => p.Node ?? other!.Value).Select(static g => new RolePeer(g.Key) { Paths = [.. g.Select(static p => p.Path)] })];
    }

    private static void Check(string? text, List<(ushort? Node, RolePath Path)> paths, int self, int slices, List<Problem> problems)
    {
        foreach (var node in paths.Select(static p => p.Node).OfType<ushort>().Distinct().Where(node => node == self || node >= slices))
        {
            problems.Add(Problem.Of(Name, text, node == self ? $"other numbers than {self}, which is this node" : $"numbers below --port-slices, which is {slices}"));
        }

        foreach (var twice in paths.GroupBy(static p => (p.Path.PeerAddress, p.Path.Interface)).Where(static g => g.Count() > 1))
        {
            problems.Add(Problem.Of(Name, text, $"{twice.Key.PeerAddress} once"));
        }
    }

    /// <summary>The peer of <c>--ka</c> is one of the nodes: its own address, where it is given, makes the path more exact.</summary>
    private static void AddKeepAlive(KeepAlive? keepAlive, ushort? other, List<(ushort? Node, RolePath Path)> paths, List<Problem> problems)
    {
        if (keepAlive is null)
        {
            return;
        }

        var settings = keepAlive.Settings;
        var path = new RolePath(settings.PeerAddress) { LocalAddress = settings.LocalAddress, Interface = settings.Interface };
        var known = paths.FindIndex(p => p.Path.PeerAddress.Equals(path.PeerAddress) && (p.Path.Interface ?? path.Interface) == path.Interface);
        if (known >= 0)
        {
            paths[known] = (paths[known].Node, path);
            return;
        }

        var nodes = paths.Select(p => p.Node ?? other).Distinct().ToArray();
        if (nodes.Length > 1 || (nodes.Length == 0 && other is null))
        {
            problems.Add(Problem.Of(KeepAliveFlag.Name, settings.PeerAddress, $"an address that {Name} has too, with the number of its node"));
            return;
        }

        paths.Add((nodes.Length == 1 ? nodes[0] : other, path));
    }

    private static bool TryRead(string part, out ushort? node, out RolePath path)
    {
        (node, path) = (null, null!);
        var at = part.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!ushort.TryParse(part.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            node = number;
        }

        var address = part[(at + 1)..];
        if (address is ['[', .., ']'])
        {
            address = address[1..^1];
        }

        string? link = null;
        if (address.IndexOf('%', StringComparison.Ordinal) is >= 0 and var percent)
        {
            (address, link) = (address[..percent], address[(percent + 1)..]);
        }

        if (!AddressText.TryParse(address, out var parsed) || (link is not null && (link.Length == 0 || parsed.AddressFamily != AddressFamily.InterNetworkV6)))
        {
            return false;
        }

        path = new RolePath(parsed) { Interface = link };
        return true;
    }
}
