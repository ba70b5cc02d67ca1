using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;
using Loxi.Linux.Sockets;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Ha;

/// <summary>
/// Connections of datagrams by the packets of both ends: the client's first one and its answer, so that the connection is one that is kept alike. Endpoints see the
/// clients' addresses, so the answer is known before it is asked for.
/// </summary>
internal sealed class FlowSender : IDisposable
{
    private const int PortsOfAClient = 60_000;
    private const int FirstPort = 2_000;
    private const int ClientPortAt = 14 + 20;
    private const int AnsweredPortAt = ClientPortAt + 2;
    private const string Endpoint = "ep1";
    private const byte Udp = 17;

    private readonly ScenarioLab _lab;
    private readonly ScenarioNode _master;
    private readonly ushort _port;
    private readonly PacketSocket _client;
    private readonly PacketSocket _endpoint;
    private readonly Socket _sink;
    private int _of = -1;
    private byte[] _question = [];
    private byte[] _answer = [];

    /// <param name="lab">A lab whose service has <see cref="ScenarioLab.EndpointAddress"/> 0 as its only endpoint, at the same port.</param>
    /// <param name="master">The node that serves.</param>
    /// <param name="port">The port of the service.</param>
    internal FlowSender(ScenarioLab lab, ScenarioNode master, ushort port)
    {
        (_lab, _master, _port) = (lab, master, port);
        _client = Open(lab.Client);
        _endpoint = Open(lab.Lab[Endpoint]);
        // Whose buffer is soon full: nobody says that the port is closed.
        _sink = lab.Lab[Endpoint].CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _sink.Bind(new IPEndPoint(IPAddress.Any, port));
    }

    /// <summary>The key of a connection in the tables of the nodes.</summary>
    internal RawFlowKey4 Key(int number) => new()
    {
        Saddr = WireAddress.ToWord(IPAddress.Parse(ClientOf(number))),
        Daddr = WireAddress.ToWord(_lab.Vip),
        Sport = WireAddress.ToWire(PortOf(number)),
        Dport = WireAddress.ToWire(_port),
        Proto = Udp,
    };

    /// <summary>Sends the question of a connection: the node makes its entries.</summary>
    internal void Ask(int number)
    {
        if (_of != number / PortsOfAClient)
        {
            _of = number / PortsOfAClient;
            var client = ClientOf(number);
            _question = Packet.Ipv4(client, _lab.Vip.ToString()).WithMacs(_lab.Client.Mac("eth0"), _master.Mac).Udp(FirstPort, _port, [1], zeroChecksum: true).ToFrame();
            _answer = Packet.Ipv4(ScenarioLab.EndpointAddress(0), client).WithMacs(_lab.Lab[Endpoint].Mac("eth0"), _master.Mac).Udp(_port, FirstPort, [1], zeroChecksum: true).ToFrame();
        }

        BinaryPrimitives.WriteUInt16BigEndian(_question.AsSpan(ClientPortAt), PortOf(number));
        BinaryPrimitives.WriteUInt16BigEndian(_answer.AsSpan(AnsweredPortAt), PortOf(number));
        _client.Send(_question);
    }

    /// <summary>Sends the answer of the connection that was asked last: from now on it is one that is kept alike.</summary>
    internal void Answer() => _endpoint.Send(_answer);

    public void Dispose()
    {
        _client.Dispose();
        _endpoint.Dispose();
        _sink.Dispose();
    }

    private static string ClientOf(int number) => string.Create(CultureInfo.InvariantCulture, $"198.18.{1 + (number / PortsOfAClient / 250)}.{1 + (number / PortsOfAClient % 250)}");

    private static ushort PortOf(int number) => (ushort)(FirstPort + (number % PortsOfAClient));

    private static PacketSocket Open(LabHost host)
    {
        using var place = NetworkNamespace.OpenPath(host.NamespacePath);
        using RtnetlinkClient links = new(place);
        return PacketSocket.Open(links.GetLink("eth0").Index, new PacketSocketOptions { EtherType = 0, NetworkNamespace = place });
    }
}
