using System.Net;
using FluentAssertions;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

public class SyncSpeakerValidatorTests
{
    private static readonly IPEndPoint Address = new(IPAddress.Parse("192.0.2.2"), 22112);

    [Fact]
    public void Settings_ThatCanBe_HaveNoProblem() =>
        Check(new SyncSpeakerSettings { Peers = [Peer(0), Peer(2) with { Addresses = [Address] }] }).Should().BeEmpty();

    [Fact]
    public void AllThatIsWrong_IsNamed()
    {
        var settings = new SyncSpeakerSettings
        {
            Peers =
            [
                Peer(1),
                Peer(0),
                Peer(0) with { Pins = [] },
                Peer(2) with { Pins = [HubNode.PinOf(0), default, HubNode.PinOf(1)] },
                Peer(3) with { Addresses = [new IPEndPoint(IPAddress.Any, 22112), new IPEndPoint(Address.Address, 0)] },
                Peer(4) with { Pins = default, },
                Peer(5) with { Addresses = [new IPEndPoint(IPAddress.Parse("fe80::5"), 22112)] },
            ],
            Listen = [],
        };

        Check(settings).Should().Equal(
            "peers[0].nodeId: value '1', expected another number than that of this node (1), each once",
            "peers[2].nodeId: value '0', expected another number than that of this node (1), each once",
            "peers[2].pins: value '0 pins', expected 1 to 4: the pin of the certificate of node 0",
            $"peers[3].pins: value '{HubNode.PinOf(0)}', expected a pin of node 2 alone: node 0 has it",
            "peers[3].pins: value '', expected 64 hexadecimal digits",
            $"peers[3].pins: value '{HubNode.PinOf(1)}', expected a pin of node 2 alone: node 1 has it",
            "peers[3].addresses: value '0 addresses', expected 1 to 8: this node (1) has the lower number and connects",
            "peers[4].addresses: value '0.0.0.0:22112', expected an address and a port",
            "peers[4].addresses: value '192.0.2.2:0', expected an address and a port",
            "peers[5]: value 'null', expected a peer with lists of pins and addresses",
            "peers[6].interfaces: value '', expected the interface by which the link-local address fe80::5 is reached",
            "listen: value 'none', expected an address: peers with a lower number than this node (1) connect to it");
    }

    [Fact]
    public void AnAddressTwice_IsNamed() =>
        Check(new SyncSpeakerSettings { Listen = [Address, Address] }).Should().Equal("listen: value '192.0.2.2:22112, 192.0.2.2:22112', expected addresses with their ports, each once");

    [Fact]
    public void TooManyPeers_AreNamed() =>
        Check(new SyncSpeakerSettings { Peers = [.. Enumerable.Range(2, 65).Select(static i => Peer((byte)i) with { Pins = [OfNumber(i)], Addresses = [Address] })] })
            .Should().Equal("peers: value '65 peers', expected at most 64");

    private static IEnumerable<string> Check(SyncSpeakerSettings settings) => SyncSpeakerValidator.Check(settings, 1, HubNode.PinOf(1)).Select(static p => p.ToString());

    private static CertificatePin OfNumber(int number) => CertificatePin.TryParse(number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture), out var pin) ? pin : default;

    private static SyncPeerSettings Peer(byte id) => new(id) { Pins = [HubNode.PinOf(id)] };
}
