using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.RootTests.Support;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Bgp.RootTests;

/// <summary>Connections between hosts, and what their options do.</summary>
public sealed class ConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How long something that must not be answered is waited for.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    public static TheoryData<string, string, string?> Links => new()
    {
        { "192.0.2.1", "192.0.2.2", null },
        { "192.0.2.1", "192.0.2.2", "eth0" },
        { "2001:db8::1", "2001:db8::2", null },
        { "fe80::1", "fe80::2", "eth0" },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public async Task TwoHosts_ComeUpAndExchangeUpdates(string a, string b, string? device)
    {
        await using var lab = new BgpLab();
        var (first, second) = lab.Pair(IPAddress.Parse(a), IPAddress.Parse(b), peer => peer with { Interface = device }, peer => peer with { Interface = device });
        first.Rib.Output.Enqueue(Messages.Update(100));
        first.Runner.Start();
        second.Runner.Start();
        await second.Rib.WaitForAsync("update 100");
        second.Rib.Session!.Local.Address.ToString().Should().StartWith(b);
        if (device is not null && a.StartsWith("fe80", StringComparison.Ordinal))
        {
            second.Rib.Session.Remote.Address.ScopeId.Should().NotBe(0, "the link is part of the address");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rfc2385_SameKey_ComesUpInBothDirections(bool firstIsPassive)
    {
        await using var lab = new BgpLab();
        foreach (var (a, b) in new[] { (BgpLab.A4, BgpLab.B4), (BgpLab.A6, BgpLab.B6) })
        {
            var (first, second) = lab.Pair(a, b, peer => peer with { Md5Password = "correct horse", Passive = firstIsPassive }, peer => peer with { Md5Password = "correct horse", Passive = !firstIsPassive });
            first.Runner.Start();
            second.Runner.Start();
            await first.Rib.WaitForAsync("up");
            await second.Rib.WaitForAsync("up");
            await first.DisposeAsync();
            await second.DisposeAsync();
        }
    }

    [Fact]
    public async Task Rfc2385_KeysOfAListener_AreSetAndRemovedAtRunTime()
    {
        await using var lab = new BgpLab();
        var peer = lab.Add(lab.A, 64_512, "192.0.2.1", new BgpPeerSettings(BgpLab.B4, 64_513) { Passive = true });
        peer.Runner.Start();
        (await ConnectsAsync(lab.B, BgpLab.A4)).Should().BeTrue();

        peer.Listener.SetMd5Key(BgpLab.B4, null, "correct horse");
        (await ConnectsAsync(lab.B, BgpLab.A4)).Should().BeFalse("a SYN without the key is not answered");
        (await ConnectsAsync(lab.B, BgpLab.A4, "wrong horse")).Should().BeFalse();
        (await ConnectsAsync(lab.B, BgpLab.A4, "correct horse")).Should().BeTrue();

        peer.Listener.SetMd5Key(BgpLab.B4, null, "fresh battery");
        (await ConnectsAsync(lab.B, BgpLab.A4, "correct horse")).Should().BeFalse();
        (await ConnectsAsync(lab.B, BgpLab.A4, "fresh battery")).Should().BeTrue();

        peer.Listener.SetMd5Key(BgpLab.B4, null, null);
        (await ConnectsAsync(lab.B, BgpLab.A4)).Should().BeTrue();
        peer.Listener.SetMd5Key(BgpLab.B4, null, null);
    }

    [Fact]
    public async Task Rfc2385_KeyOfANetwork_HoldsForAllOfIt()
    {
        await using var lab = new BgpLab();
        var peer = lab.Add(lab.A, 64_512, "192.0.2.1", new BgpPeerSettings(BgpLab.B4, 64_513) { Passive = true });
        peer.Runner.Start();
        peer.Listener.SetMd5Key(IPAddress.Parse("192.0.2.0"), 24, "correct horse");
        (await ConnectsAsync(lab.B, BgpLab.A4)).Should().BeFalse();
        (await ConnectsAsync(lab.B, BgpLab.A4, "correct horse")).Should().BeTrue();
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    public async Task Rfc5082_OnTheLink_SendsAndTakes255(string a, string b)
    {
        await using var lab = new BgpLab();
        using var wire = lab.A.Capture("eth0", static packet => packet.IsTcp);
        var (first, second) = lab.Pair(IPAddress.Parse(a), IPAddress.Parse(b), static peer => peer with { GtsmHops = 1 }, static peer => peer with { GtsmHops = 1 });
        first.Runner.Start();
        second.Runner.Start();
        await first.Rib.WaitForAsync("up");
        var packet = await wire.WaitForAsync(static packet => packet.Outgoing && packet.TcpFlags.HasFlag(TcpBits.Psh), "a message");
        packet.Ttl.Should().Be(255);
        packet.TrafficClass.Should().Be(48 << 2, "CS6");
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.2")]
    [InlineData("2001:db8::1", "2001:db8:1::2")]
    public async Task Rfc5082_BehindARouter_NeedsOneHopMore(string a, string b)
    {
        await using var lab = new BgpLab(routed: true);
        var (near, far) = (IPAddress.Parse(a), IPAddress.Parse(b));
        var peer = lab.Add(lab.A, 64_512, "192.0.2.1", new BgpPeerSettings(far, 64_513) { Passive = true, GtsmHops = 1 });
        peer.Runner.Start();
        (await ConnectsAsync(lab.B, near, ttl: 255)).Should().BeFalse("the filter drops the SYN");

        peer.Runner.Apply(new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1")), peer.Runner.Settings with { GtsmHops = 2 });
        peer.Listener.SetMinimumTtls([(far, 254)]);
        (await ConnectsAsync(lab.B, near, ttl: 255)).Should().BeTrue();
        (await ConnectsAsync(lab.B, near, ttl: 254)).Should().BeFalse();

        peer.Listener.SetMinimumTtls([]);
        (await ConnectsAsync(lab.B, near, ttl: 254)).Should().BeTrue("no filter any more");
    }

    [Fact]
    public async Task EbgpPeer_IsSentToWithItsMultihopTtl()
    {
        await using var lab = new BgpLab(routed: true);
        using var wire = lab.A.Capture("eth0", static packet => packet.IsTcp && packet.Outgoing);
        var (first, second) = lab.Pair(BgpLab.A4, BgpLab.Far4, static peer => peer, static peer => peer with { Passive = true, MultihopTtl = 2 });
        first.Runner.Start();
        second.Runner.Start();
        (await wire.WaitForAsync(static packet => packet.TcpFlags.HasFlag(TcpBits.Syn), "a SYN")).Ttl.Should().Be(1, "the default is a peer on the link");

        first.Runner.Apply(new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1")), first.Runner.Settings with { MultihopTtl = 2 });
        await first.Rib.WaitForAsync("up");
        (await wire.WaitForAsync(static packet => packet.TcpFlags.HasFlag(TcpBits.Psh), "a message")).Ttl.Should().Be(2);
    }

    [Fact]
    public async Task IbgpPeer_IsSentToWithTheSystemsTtl()
    {
        await using var lab = new BgpLab();
        using var wire = lab.A.Capture("eth0", static packet => packet.IsTcp && packet.Outgoing);
        var peer = lab.Add(lab.A, 64_512, "192.0.2.1", new BgpPeerSettings(BgpLab.B4, 64_512));
        peer.Runner.Start();
        (await wire.WaitForAsync(static packet => packet.TcpFlags.HasFlag(TcpBits.Syn), "a SYN")).Ttl.Should().Be(64);
    }

    [Fact]
    public async Task AbsentInterface_IsNamedInTheLastError()
    {
        await using var lab = new BgpLab();
        var peer = lab.Add(lab.A, 64_512, "192.0.2.1", new BgpPeerSettings(BgpLab.B4, 64_513) { Interface = "eth7" });
        peer.Runner.Start();
        var limit = DateTime.UtcNow + Patience;
        while (peer.Runner.GetStatus().LastError is null && DateTime.UtcNow < limit)
        {
            await Task.Yield();
        }

        peer.Runner.GetStatus().LastError!.Text.Should().Be("find interface 'eth7': No such device (errno 19)");
    }

    [Fact]
    public async Task ConnectionByAnotherInterfaceThanConfigured_IsNotAnswered()
    {
        await using var lab = new BgpLab();
        var peer = lab.Add(lab.A, 64_512, "192.0.2.1", new BgpPeerSettings(BgpLab.B4, 64_513) { Passive = true, Interface = "lo" });
        peer.Runner.Start();
        (await ConnectsAsync(lab.B, BgpLab.A4)).Should().BeFalse();
    }

    /// <summary>T11: a forged RST that TCP would obey has no effect behind GTSM (it came from further away), nor with MD5 (it is not signed).</summary>
    [Theory]
    [InlineData("none", 64, true)]
    [InlineData("GTSM", 64, false)]
    [InlineData("GTSM", 255, true)]
    [InlineData("MD5", 255, false)]
    public async Task T11_ForgedReset_HasNoEffectWithGtsmOrMd5(string protection, byte ttl, bool ends)
    {
        await using var lab = new BgpLab();
        BgpPeerSettings Protect(BgpPeerSettings peer) => peer with { GtsmHops = protection == "GTSM" ? 1 : null, Md5Password = protection == "MD5" ? "correct horse" : null, HoldTime = TimeSpan.FromSeconds(3) };
        using var wire = lab.A.Capture("eth0", static packet => packet.IsTcp);
        using var forger = lab.B.Capture("eth0", static packet => false);
        var (first, second) = lab.Pair(BgpLab.A4, BgpLab.B4, Protect, peer => Protect(peer) with { Passive = true });
        first.Runner.Start();
        second.Runner.Start();
        await first.Rib.WaitForAsync("up");
        await second.Rib.WaitForAsync("up");

        // What A has acknowledged last is what it takes next; a KEEPALIVE may move it meanwhile, so several are sent: where one must do its work, as many as it takes.
        for (var i = 0; ends ? i < 15 && first.Runner.GetStatus().LostCount == 0 : i < 3; i++)
        {
            wire.Clear();
            var last = await wire.WaitForAsync(static packet => packet.Outgoing && packet.TcpFlags.HasFlag(TcpBits.Ack), "an acknowledgement");
            forger.Send(Packet.Ipv4("192.0.2.2", "192.0.2.1").WithTtl(ttl).WithMacs(lab.B.Mac("eth0"), lab.A.Mac("eth0"))
                .Tcp(last.DestinationPort, last.SourcePort, TcpBits.Rst, sequence: last.Acknowledgement).ToFrame());
        }

        if (ends)
        {
            await first.Rib.WaitForAsync("down []");
            return;
        }

        second.Rib.Output.Enqueue(Messages.Update(77));
        second.Runner.OutputReady();
        await first.Rib.WaitForAsync("update 77");
        first.Runner.GetStatus().LostCount.Should().Be(0);
    }

    private static async Task<bool> ConnectsAsync(LabHost from, IPAddress to, string? password = null, int? ttl = null)
    {
        using var socket = from.CreateSocket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (password is not null)
        {
            Bgp.Transport.TcpOptions.SetMd5Key(socket, to, null, password);
        }

        if (ttl is { } hops)
        {
            var is4 = to.AddressFamily == AddressFamily.InterNetwork;
            socket.SetRawSocketOption(is4 ? 0 : 41, is4 ? 2 : 16, BitConverter.GetBytes(hops));
        }

        using var limit = new CancellationTokenSource(Silence);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(to, 179), limit.Token);
            return await socket.ReceiveAsync(new byte[19], SocketFlags.None, limit.Token) == 19;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
