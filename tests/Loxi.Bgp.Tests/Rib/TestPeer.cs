using FluentAssertions;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Rib;

/// <summary>The other side of a session: sends UPDATEs, and keeps what it is told.</summary>
internal sealed class TestPeer
{
    private readonly BgpRib _rib;
    private readonly UpdateBuffer _reader = new();
    [ThreadStatic]
    private static byte[]? _output;


    internal TestPeer(BgpRib rib, BgpPeerSettings settings)
    {
        _rib = rib;
        Peer = rib.AddPeer(settings);
        Settings = settings;
        LocalAs = settings.LocalAs ?? rib.Speaker.LocalAs;
    }

    internal RibPeer Peer { get; }

    internal BgpPeerSettings Settings { get; private set; }

    internal uint LocalAs { get; }

    internal bool IsExternal => LocalAs != Settings.RemoteAs;

    /// <summary>What the peer has been told and not had withdrawn.</summary>
    internal Dictionary<(string Prefix, uint PathId), Route> Told { get; private set; } = [];

    internal List<string> Log { get; } = [];

    internal int Updates { get; private set; }

    internal int Withdrawals { get; private set; }

    internal int Announcements { get; private set; }

    internal List<BgpFamily> EndOfRibs { get; } = [];

    internal string OwnAddress { get; init; } = "10.0.0.1";

    internal string? OwnIpv6 { get; init; } = "2001:db8::1";

    internal uint Identifier { get; init; } = 0x0A0000FE;

    internal int MaxSendLength { get; init; } = 4096;

    internal bool AddPathReceive { get; init; }

    internal bool Enhanced { get; init; }

    internal bool LongLived { get; init; }

    internal bool FourOctetAs { get; init; } = true;

    internal ImmutableArray<BgpFamily> Families { get; init; } = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];

    internal TestPeer Up()
    {
        Told = [];
        EndOfRibs.Clear();
        var open = new OpenMessage { As = Settings.RemoteAs, HoldTime = 90, Identifier = Identifier, Capabilities = Capabilities.None };
        var session = new NegotiatedSession
        {
            Sent = open with { As = LocalAs, Identifier = _rib.Identifier },
            Received = open,
            IsExternal = IsExternal,
            LocalAs = LocalAs,
            Families = Families,
            HoldTime = 90,
            FourOctetAs = FourOctetAs,
            RouteRefresh = true,
            EnhancedRouteRefresh = Enhanced,
            MaxSendLength = MaxSendLength,
            MaxReceiveLength = 65_535,
            LocalRole = Settings.Role,
            AddPathReceive = AddPathReceive ? Families : [],
            AddPathSend = Settings.AddPathSend > 1 ? Families : [],
            PeerLongLived = LongLived ? [.. Families.Select(f => new LongLivedCapability(f, true, 3600))] : [],
        };
        _rib.Up(Peer, session, new SessionAddresses(IPAddress.Parse(OwnAddress), Settings.Address) { OtherFamily = OwnIpv6 is null ? null : IPAddress.Parse(OwnIpv6) });
        return this;
    }

    internal void Down(params BgpFamily[] kept)
    {
        _rib.Down(Peer, [.. kept]);
        RibLab.Settle(_rib);
    }

    internal void Configure(BgpPeerSettings settings)
    {
        Settings = settings;
        _rib.ConfigurePeer(Peer, settings);
        RibLab.Settle(_rib);
    }

    internal RibReceipt Announce(string prefix, Route route, uint pathId = 0) => Announce([prefix], route, pathId);

    internal RibReceipt Announce(IReadOnlyList<string> prefixes, Route route, uint pathId = 0) => Send(Encode(prefixes.Select(RibLab.Prefix), route, pathId));

    internal RibReceipt Withdraw(string prefix, uint pathId = 0)
    {
        var buffer = new byte[4096];
        var writer = new UpdateWriter(buffer, Format());
        var parsed = RibLab.Prefix(prefix);
        _ = writer.BeginWithdraw(parsed.Family);
        writer.Add(parsed, pathId).Should().Be(UpdateWriterStatus.Done);
        writer.End();
        return Send(buffer.AsSpan(0, writer.Length));
    }

    internal byte[] Encode(IEnumerable<Prefix> prefixes, Route route, uint pathId = 0)
    {
        var list = prefixes.ToList();
        var block = route.Write();
        var nextHop = NextHop.From(IPAddress.Parse(route.NextHop.Length > 0 ? route.NextHop : list[0].Family == BgpFamily.Ipv4Unicast ? Settings.Address.ToString() : "2001:db8::99"));
        var attributes = new byte[AttributeEncoder.MaximumLength(new(block))];
        var length = AttributeEncoder.Encode(new(block), nextHop, FourOctetAs, attributes);
        var buffer = new byte[(attributes.Length + 100) * (1 + (list.Count / 200)) + (list.Count * 64)];
        var writer = new UpdateWriter(buffer, Format());
        var isOpen = false;
        foreach (var prefix in list)
        {
            if (isOpen && writer.Add(prefix, pathId) != UpdateWriterStatus.Done)
            {
                writer.End();
                isOpen = false;
            }
            else if (isOpen)
            {
                continue;
            }

            writer.BeginReach(prefix.Family, nextHop, attributes.AsSpan(0, length)).Should().Be(UpdateWriterStatus.Done);
            writer.Add(prefix, pathId).Should().Be(UpdateWriterStatus.Done);
            isOpen = true;
        }

        writer.End();
        return buffer[..writer.Length];
    }

    internal RibReceipt Send(ReadOnlySpan<byte> updates) => _rib.Receive(Peer, updates);

    /// <summary>Reads everything that there is to read.</summary>
    internal TestPeer Drain()
    {
        while (Take(65_536) > 0)
        {
        }

        return this;
    }

    /// <summary>Reads one buffer.</summary>
    internal int Take(int size)
    {
        var buffer = _output ??= new byte[65_536];
        var written = _rib.TakeOutput(Peer, buffer.AsSpan(0, size));
        for (var at = 0; at < written;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at + 16));
            var message = buffer.AsSpan(at, length);
            ((int)length).Should().BeLessThanOrEqualTo(MaxSendLength);
            if (message[18] == (byte)MessageType.Update)
            {
                Read(message);
            }
            else
            {
                Log.Add($"refresh {message[21]}");
            }

            at += length;
        }

        return written;
    }

    private UpdateFormat Format() => new() { FourOctetAs = FourOctetAs, AddPathIpv4 = AddPathReceive, AddPathIpv6 = AddPathReceive, MaxLength = 65_535 };

    private void Read(ReadOnlySpan<byte> message)
    {
        var context = new UpdateContext
        {
            IsExternal = IsExternal,
            LocalAs = Settings.RemoteAs,
            PeerAs = LocalAs,
            LocalIdentifier = Identifier,
            Families = Families,
            FourOctetAs = FourOctetAs,
            AddPathIpv4 = Settings.AddPathSend > 1,
            AddPathIpv6 = Settings.AddPathSend > 1,
        };
        var view = UpdateReader.Read(message, context, _reader);
        view.ErrorCount.Should().Be(0, "{0}", view.Error);
        Updates++;
        if (view.EndOfRib is { } family)
        {
            EndOfRibs.Add(family);
            Log.Add($"end of {family}");
            return;
        }

        Remove(view.Withdrawn);
        Remove(view.MpWithdrawn);
        Add(view.Announced, view, view.NextHop);
        Add(view.MpAnnounced, view, view.MpNextHop);
    }

    private void Remove(PrefixList list)
    {
        foreach (var entry in list)
        {
            Told.Remove((RibLab.Text(entry.Prefix), entry.PathId));
            Withdrawals++;
            Log.Add($"- {RibLab.Text(entry.Prefix)}");
        }
    }

    private void Add(PrefixList list, UpdateView view, NextHop nextHop)
    {
        if (list.IsEmpty)
        {
            return;
        }

        var route = Route.Read(view.Attributes, nextHop);
        foreach (var entry in list)
        {
            Told[(RibLab.Text(entry.Prefix), entry.PathId)] = route;
            Announcements++;
            Log.Add($"+ {RibLab.Text(entry.Prefix)}");
        }
    }
}
