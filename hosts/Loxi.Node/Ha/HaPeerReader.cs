using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>Other nodes as REST and the state directory have them. Pure.</summary>
internal static class HaPeerReader
{
    /// <summary>The field of the pins.</summary>
    public const string Pins = "syncPins";

    private const int MostPins = 4;
    private const string Unicast = "a unicast IPv4 or IPv6 address without a scope";

    /// <summary>Reads one; null when there are problems.</summary>
    /// <param name="wire">As it was written.</param>
    /// <param name="node">Its number.</param>
    /// <param name="problems">Gets what is wrong with the text of addresses; what they mean is checked with all nodes.</param>
    public static RolePeer? Read(HaPeerSettings wire, int node, ICollection<Problem> problems)
    {
        var count = problems.Count;
        if (node is < 0 or > ushort.MaxValue)
        {
            problems.Add(Problem.Of("node", node, $"0 to {ushort.MaxValue}"));
        }

        if (wire.Paths is not { Count: > 0 })
        {
            problems.Add(Problem.Of("paths", wire.Paths is null ? null : "none", "at least one path with the address of the node"));
        }

        var paths = ImmutableArray.CreateBuilder<RolePath>();
        foreach (var (i, path) in (wire.Paths ?? []).Index())
        {
            var address = ReadAddress($"paths[{i}].address", path?.Address, isNeeded: true, problems);
            var local = ReadAddress($"paths[{i}].local", path?.Local, isNeeded: false, problems);
            if (address is not null)
            {
                paths.Add(new RolePath(address) { LocalAddress = local, Interface = string.IsNullOrEmpty(path!.Interface) ? null : path.Interface });
            }
        }

        return problems.Count != count ? null : new RolePeer((ushort)node) { Paths = paths.DrainToImmutable() };
    }

    /// <summary>Reads by which keys one is known; null when nothing is said of it, empty when there are problems.</summary>
    public static ImmutableArray<CertificatePin>? ReadPins(HaPeerSettings wire, ICollection<Problem> problems)
    {
        if (wire.SyncPins is not { } texts)
        {
            return null;
        }

        var count = problems.Count;
        if (texts.Count is 0 or > MostPins)
        {
            problems.Add(Problem.Of(Pins, $"{texts.Count} pins", $"1 to {MostPins}, or no such member"));
        }

        var pins = ImmutableArray.CreateBuilder<CertificatePin>();
        foreach (var (i, text) in texts.Index())
        {
            if (CertificatePin.TryParse(text, out var pin))
            {
                pins.Add(pin);
            }
            else
            {
                problems.Add(Problem.Of($"{Pins}[{i}]", text, $"{CertificatePin.Length} hexadecimal digits, what loxid --ha-sync-pin prints on that node"));
            }
        }

        return problems.Count != count ? [] : pins.DrainToImmutable();
    }

    /// <summary>Finds what is wrong with all nodes together: numbers, addresses twice, link-local ones without an interface.</summary>
    /// <param name="peers">All other nodes.</param>
    /// <param name="self">The number of this node.</param>
    /// <param name="slices">How many numbers there are.</param>
    public static ImmutableArray<Problem> Check(ImmutableArray<RolePeer> peers, int self, int slices) =>
        [.. RoleSpeakerValidator.Validate(new RoleSpeakerSettings { NodeId = (ushort)self, Slices = slices, Source = RoleSource.Peers, Peers = peers }).Select(p => p with { Field = Spell(p.Field) })];

    public static HaPeerSettings ToWire(RolePeer peer, HaModel model) => new()
    {
        Node = peer.NodeId,
        SyncPins = model.SyncPins.TryGetValue(peer.NodeId, out var pins) ? [.. pins.Select(static p => p.ToString())] : null,
        Paths = [.. peer.Paths.Select(static path => new HaPathSettings { Address = path.PeerAddress.ToString(), Local = path.LocalAddress?.ToString(), Interface = path.Interface })],
    };

    private static string Spell(string field) => field
        .Replace(".peerAddress", ".address", StringComparison.Ordinal).Replace(".localAddress", ".local", StringComparison.Ordinal).Replace(".nodeId", ".node", StringComparison.Ordinal);

    private static IPAddress? ReadAddress(string field, string? text, bool isNeeded, ICollection<Problem> problems)
    {
        if (string.IsNullOrEmpty(text) && !isNeeded)
        {
            return null;
        }

        if (AddressText.TryParse(text ?? "", out var address))
        {
            return address;
        }

        problems.Add(Problem.Of(field, text, Unicast));
        return null;
    }
}
