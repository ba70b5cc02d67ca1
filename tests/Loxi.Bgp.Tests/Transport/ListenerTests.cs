using System.Net;
using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Loxi.Linux;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>Who may connect.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task T03_AThousandStrangers_AreRefusedCountedAndLoggedOnce()
    {
        var log = new LineLogger();
        await using var speaker = new Loopback("127.0.0.2", 64_512, "192.0.2.1", log);
        speaker.Add(new BgpPeerSettings(IPAddress.Parse("127.0.0.3"), 64_513) { Passive = true }).Start();
        for (var i = 0; i < 1000; i++)
        {
            (await RawPeer.IsResetAsync($"127.1.{i / 250}.{(i % 250) + 1}", speaker.EndPoint)).Should().BeTrue();
        }

        speaker.Listener.Refused.Should().Be(1000);
        log.Lines.Where(static line => line.Id == 4010).Should().ContainSingle("one line an interval").Which.Text.Should().Contain("127.1.0.1");

        using var peer = await RawPeer.ConnectAsync("127.0.0.3", speaker.EndPoint);
        await peer.SendAsync(Messages.Open(64_513, "192.0.2.2"), Messages.Keepalive);
        await speaker.Rib.WaitForAsync("up");
    }

    [Fact]
    public async Task T09_RightPeerAtTheWrongLocalAddress_IsRefused()
    {
        var peer = IPAddress.Parse("127.0.0.3");
        PeerRunner? runner = null;
        await using var listener = new BgpListener(new IPEndPoint(IPAddress.Any, 0),
            (remote, local) => remote.Equals(peer) && local.Equals(runner!.Settings.LocalAddress) ? runner : null, TimeProvider.System, NullLogger.Instance);
        await using var created = runner = new PeerRunner(new PeerContext
        {
            Speaker = new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1")),
            Peer = new BgpPeerSettings(peer, 64_513) { Passive = true, LocalAddress = IPAddress.Parse("127.0.0.2") },
            Rib = new FakeRib(),
            Random = new Random(1),
            Logger = NullLogger.Instance,
        });
        runner.Start();
        using var right = await RawPeer.ConnectAsync("127.0.0.3", new IPEndPoint(IPAddress.Parse("127.0.0.2"), listener.LocalEndPoint.Port));
        (await right.ReadAsync())![18].Should().Be(1);

        (await RawPeer.IsResetAsync("127.0.0.3", new IPEndPoint(IPAddress.Parse("127.0.0.4"), listener.LocalEndPoint.Port))).Should().BeTrue();
        listener.Refused.Should().Be(1);
    }

    [Fact]
    public async Task PortInUse_IsAnErrorThatSaysWhere()
    {
        await using var first = new BgpListener(new IPEndPoint(IPAddress.Loopback, 0), static (_, _) => null, TimeProvider.System, NullLogger.Instance);
        var second = () => new BgpListener(first.LocalEndPoint, static (_, _) => null, TimeProvider.System, NullLogger.Instance);
        second.Should().Throw<LinuxException>().WithMessage($"listen for BGP on '{first.LocalEndPoint}': Address already in use (errno 98)");
    }

    [Fact]
    public async Task Ipv6Listener_LeavesIpv4ToOthers()
    {
        await using var six = new BgpListener(new IPEndPoint(IPAddress.IPv6Any, 0), static (_, _) => null, TimeProvider.System, NullLogger.Instance);
        await using var four = new BgpListener(new IPEndPoint(IPAddress.Any, six.LocalEndPoint.Port), static (_, _) => null, TimeProvider.System, NullLogger.Instance);
        four.LocalEndPoint.Port.Should().Be(six.LocalEndPoint.Port);
    }

    [Theory]
    [InlineData(Errno.ENOENT, true)]
    [InlineData(Errno.ENOPROTOOPT, false)]
    [InlineData(Errno.EOPNOTSUPP, false)]
    public void Rfc5925_Probe_NoKeysYetIsNotNoSupport(int error, bool isSupported)
    {
        var explanation = TcpAuthenticationOption.Explain(error);
        (explanation is null).Should().Be(isSupported);
        explanation?.Should().Contain("CONFIG_TCP_AO");
    }

    [Fact]
    public void Rfc5925_Probe_AnswersOnThisKernel()
        => (TcpAuthenticationOption.Probe() ?? "TCP-AO").Should().StartWith("TCP-AO");
}
