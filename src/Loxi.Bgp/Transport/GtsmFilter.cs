using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Loxi.Linux.Sockets;

namespace Loxi.Bgp.Transport;

/// <summary>
/// A filter of a listening socket that drops packets of peers whose TTL is too low (RFC 5082). IP_MINTTL alone comes too late: it is set when a connection
/// is accepted, and messages that arrived before are in its buffer then.
/// </summary>
internal static class GtsmFilter
{
    private const uint Drop = 0;
    private const uint Take = uint.MaxValue;
    private const uint TtlOfIpv4 = BpfProgramBuilder.NetworkHeader + 8;
    private const uint SourceOfIpv4 = BpfProgramBuilder.NetworkHeader + 12;
    private const uint HopLimitOfIpv6 = BpfProgramBuilder.NetworkHeader + 7;
    private const uint SourceOfIpv6 = BpfProgramBuilder.NetworkHeader + 8;

    internal static BpfInstruction[] Build(AddressFamily family, IEnumerable<(IPAddress Peer, int MinimumTtl)> minimums)
    {
        var is4 = family == AddressFamily.InterNetwork;
        var program = new BpfProgramBuilder();
        Span<byte> address = stackalloc byte[16];
        foreach (var (peer, minimum) in minimums)
        {
            var another = program.NewLabel();
            peer.TryWriteBytes(address, out var length);
            for (var i = 0; i < length; i += 4)
            {
                program.LoadWord((is4 ? SourceOfIpv4 : SourceOfIpv6) + (uint)i)
                    .JumpIf(BpfComparison.Equal, BinaryPrimitives.ReadUInt32BigEndian(address[i..]), null, another);
            }

            var low = program.NewLabel();
            program.LoadByte(is4 ? TtlOfIpv4 : HopLimitOfIpv6).JumpIf(BpfComparison.GreaterOrEqual, (uint)minimum, null, low)
                .Return(Take).Mark(low).Return(Drop).Mark(another);
        }

        return program.Return(Take).Build();
    }
}
