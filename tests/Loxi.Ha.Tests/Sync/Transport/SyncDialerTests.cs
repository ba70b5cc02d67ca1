using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using FluentAssertions;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

public sealed class SyncDialerTests : IDisposable
{
    private static readonly IPAddress LinkLocal = IPAddress.Parse("fe80::7");

    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-dial").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task ASocketThatCannotBeMade_IsARefusalAndTriedAgain()
    {
        var admission = new Admission();
        var count = 0;
        var peer = new SyncPeerSettings(1) { Pins = [HubNode.PinOf(1)], Addresses = [ClosedPort()] };
        Socket Make(AddressFamily family) => ++count <= 2 ? throw new SocketException((int)SocketError.TooManyOpenSockets) : SyncSocket.Make(family);
        await using (Dial(peer, admission, Make))
        {
            (await admission.NextAsync()).Should().Be((SyncRefusal.Unreachable, new SocketException((int)SocketError.TooManyOpenSockets).Message));
            await admission.NextAsync();
            await admission.NextAsync();
        }

        count.Should().BeGreaterThanOrEqualTo(3, "with the third socket it has connected");
    }

    [Fact]
    public async Task ALinkLocalAddress_WhoseInterfaceIsNotThere_SaysSo()
    {
        var admission = new Admission();
        var peer = new SyncPeerSettings(1) { Pins = [HubNode.PinOf(1)], Addresses = [new(LinkLocal, 22112)], Interfaces = ImmutableDictionary<IPAddress, string>.Empty.Add(LinkLocal, "loxi-none") };
        await using var dialer = Dial(peer, admission, null);

        (await admission.NextAsync()).Should().Be((SyncRefusal.Unreachable, "there is no interface loxi-none"));
    }

    [Fact]
    public void ALinkLocalAddress_HasTheInterfaceOfItsPath()
    {
        var interfaces = ImmutableDictionary<IPAddress, string>.Empty.Add(LinkLocal, "lo");

        SyncSocket.Scoped(new IPEndPoint(LinkLocal, 22112), interfaces).Should().Be(new IPEndPoint(IPAddress.Parse("fe80::7%1"), 22112));
        SyncSocket.Scoped(new IPEndPoint(IPAddress.Loopback, 22112), interfaces).Should().Be(new IPEndPoint(IPAddress.Loopback, 22112));
    }

    [Fact]
    public void AnAddressOfAPeer_IsOneWhateverTheScope()
    {
        var pins = new SyncPins(0, new SyncSpeakerSettings { Peers = [new SyncPeerSettings(1) { Pins = [HubNode.PinOf(1)], Addresses = [new(LinkLocal, 22112)] }] });

        pins.IsAddressOfPeer(IPAddress.Parse("fe80::7%1")).Should().BeTrue();
        pins.IsAddressOfPeer(IPAddress.Parse("fe80::8%1")).Should().BeFalse();
    }

    [Fact]
    public void AMachineWithoutIPv6_ListensOnIPv4()
    {
        using var socket = SyncSocket.Listen(new IPEndPoint(IPAddress.IPv6Any, 0), static family =>
            family == AddressFamily.InterNetworkV6 ? throw new SocketException((int)SocketError.AddressFamilyNotSupported) : SyncSocket.Make(family));

        ((IPEndPoint)socket.LocalEndPoint!).Address.Should().Be(IPAddress.Any);
    }

    /// <summary>A port of this machine that nobody listens on.</summary>
    private static IPEndPoint ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private SyncDialer Dial(SyncPeerSettings peer, Admission admission, Func<AddressFamily, Socket>? make) =>
        new(peer, SyncChannel.Live, new SyncTls(SyncCertificate.LoadOrCreate(_directory).Certificate), admission, TimeProvider.System, make);

    private sealed class Admission : ISyncAdmission
    {
        private readonly Channel<(SyncRefusal Refusal, string Reason)> _refused = System.Threading.Channels.Channel.CreateUnbounded<(SyncRefusal, string)>();

        public async Task<(SyncRefusal Refusal, string Reason)> NextAsync() => await _refused.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        public byte? PeerOf(CertificatePin pin) => 1;

        public bool IsCaller(byte peer) => false;

        public bool IsAddressOfPeer(IPAddress address) => false;

        public Task AttachAsync(SyncConnection connection) => Task.CompletedTask;

        public void Refused(byte? peer, SyncChannel? channel, SyncRefusal refusal, string remote, string reason) => _refused.Writer.TryWrite((refusal, reason));
    }
}
