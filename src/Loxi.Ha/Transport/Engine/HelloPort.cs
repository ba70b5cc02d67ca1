using System.Buffers.Binary;
using System.Net.Sockets;
using Loxi.Ha.Transport.Wire;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <summary>
/// The sockets of one address family. The kernel divides what comes: HELLOs from addresses of peers have a queue of their own, which no flood of
/// others can fill; of those a sample is read, so that they are counted and told.
/// </summary>
internal sealed class HelloPort : IDisposable
{
    /// <summary>The UDP port, of both sides.</summary>
    public const int Number = 22112;

    private const int NetworkControl = 48; // CS6, RFC 4594 3.2
    private const int PeerBuffer = 4 << 20;
    private const int StrangerBuffer = 64 << 10;
    private const int BatchSize = 64;
    private const uint TtlOffset = 8, HopLimitOffset = 7; // RFC 791 3.1, RFC 8200 3
    private const uint SourceOffset = 12, SourceTailOffset = 8 + 12;

    private readonly DatagramSocketGroup _group;
    private readonly bool _isV6;

    private HelloPort(DatagramSocketGroup group, bool isV6)
    {
        _group = group;
        _isV6 = isV6;
        Times = ReceiveTimes.From(ClockReading.Now());
    }

    public AddressFamily Family => _isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    public DatagramSocket Peers => _group.Sockets[0];

    public DatagramSocket Strangers => _group.Sockets[1];

    /// <summary>Both clocks at the last drain that emptied the queue, and at this one.</summary>
    public ReceiveTimes Times { get; set; }

    public bool WasEmptied { get; set; } = true;

    public uint KnownDropped { get; set; }

    public DatagramSendBatch Outgoing { get; } = new(BatchSize, HelloLayout.LongestDatagram);

    public List<HelloPath> OutgoingPaths { get; } = new(BatchSize);

    /// <summary>Takes the port. Until <see cref="Select"/> everything is dropped.</summary>
    /// <exception cref="LinuxException">The port is in use.</exception>
    public static HelloPort Open(AddressFamily family, NetworkNamespace? networkNamespace)
    {
        var any = family == AddressFamily.InterNetworkV6 ? InternetAddress.IPv6Any : InternetAddress.IPv4Any;
        var options = new DatagramSocketOptions
        {
            Ttl = 255,
            Dscp = NetworkControl,
            ReceiveTtl = true,
            ReceiveDestination = true,
            Timestamps = true,
            CountDropped = true,
            NetworkNamespace = networkNamespace,
        };
        return new HelloPort(DatagramSocketGroup.Open(any, Number, options with { ReceiveBuffer = PeerBuffer }, options with { ReceiveBuffer = StrangerBuffer }), family == AddressFamily.InterNetworkV6);
    }

    /// <summary>Lets in what comes from peers; the rest goes to the other queue.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="needsHopLimit">Whether only what passed no router is heard at all (nothing is authenticated).</param>
    public void Select(IEnumerable<HelloPath> paths, bool needsHopLimit) =>
        _group.SetSelector(BuildSelector([.. paths.Where(p => p.Address.Family == Family).Select(static p => Tail(p.Address)).Distinct()], _isV6, needsHopLimit));

    internal static BpfInstruction[] BuildSelector(uint[] sources, bool isV6, bool needsHopLimit)
    {
        var builder = new BpfProgramBuilder();
        var (stranger, peer) = (builder.NewLabel(), builder.NewLabel());

        // Lengths before content: a load beyond the end ends the program with 0, the queue of the peers.
        builder.LoadLength().JumpIf(BpfComparison.GreaterOrEqual, HelloLayout.HeaderLength, null, stranger)
            .LoadWord(0).JumpIf(BpfComparison.Equal, HelloLayout.Magic, null, stranger);
        if (needsHopLimit)
        {
            builder.LoadByte(BpfProgramBuilder.NetworkHeader + (isV6 ? HopLimitOffset : TtlOffset)).JumpIf(BpfComparison.Equal, 255, null, stranger);
        }

        builder.LoadWord(BpfProgramBuilder.NetworkHeader + (isV6 ? SourceTailOffset : SourceOffset));
        for (var i = 0; i < sources.Length; i++)
        {
            builder.JumpIf(BpfComparison.Equal, sources[i], peer, i == sources.Length - 1 ? stranger : null);
        }

        if (sources.Length > 0)
        {
            builder.Mark(peer).Return(0);
        }

        return builder.Mark(stranger).Return(1).Build();
    }

    public void Dispose() => _group.Dispose();

    private static uint Tail(InternetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = address.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..length]);
    }
}
