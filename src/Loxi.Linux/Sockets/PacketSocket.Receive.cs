using System.Buffers.Binary;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <content>Receiving.</content>
public sealed unsafe partial class PacketSocket
{
    private const int ControlSize = 128;
    private const int ControlHeaderSize = 16; // size_t length, int level, int type
    private const int AuxDataSize = 20; // struct tpacket_auxdata
    private const uint StatusVlanValid = 1 << 4;
    private const uint StatusVlanTpidValid = 1 << 6;
    private const ushort DefaultTpid = 0x8100;
    private const int TagOffset = 12;
    private const int TagSize = 4;

    private bool ReceiveNow(Span<byte> buffer, out PacketInfo info)
    {
        info = default;
        Libc.PacketAddress sender;
        var control = stackalloc byte[ControlSize];
        fixed (byte* bytes = buffer)
        {
            var vector = new Libc.IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var message = new Libc.MessageHeader
            {
                Name = &sender,
                NameLength = (uint)sizeof(Libc.PacketAddress),
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlSize,
            };
            var received = Libc.ReceiveMessage(_descriptor, &message, Libc.MsgDontWait | Libc.MsgTruncated);
            if (received < 0)
            {
                return Libc.LastError is Errno.EAGAIN or Errno.EINTR ? false : throw Libc.Failure("receive frame on link", $"{InterfaceIndex}");
            }

            var original = (int)received;
            var length = Math.Min(original, buffer.Length);
            var used = (int)Math.Min(message.ControlLength, ControlSize);
            ReadControl(new ReadOnlySpan<byte>(control, used), out var tag, out var timestamp);
            if (tag is not 0)
            {
                length = InsertTag(buffer, length, tag);
                original += TagSize;
            }

            info = new PacketInfo(
                length,
                original,
                sender.InterfaceIndex,
                (PacketDirection)sender.PacketType,
                BinaryPrimitives.ReverseEndianness(sender.Protocol),
                tag is not 0,
                timestamp);
            return true;
        }
    }

    /// <summary>Walks the control messages: the VLAN tag (TPID and TCI as they stood on the wire, 0 for none) and the time.</summary>
    internal static void ReadControl(ReadOnlySpan<byte> control, out uint tag, out long timestamp)
    {
        tag = 0;
        timestamp = 0;
        while (control.Length >= ControlHeaderSize)
        {
            var length = (long)BitConverter.ToUInt64(control);
            if (length < ControlHeaderSize || length > control.Length)
            {
                return;
            }

            var level = BitConverter.ToInt32(control[8..]);
            var type = BitConverter.ToInt32(control[12..]);
            var data = control[ControlHeaderSize..(int)length];
            if (level == Libc.SolPacket && type == Libc.PacketAuxData && data.Length >= AuxDataSize)
            {
                var status = BitConverter.ToUInt32(data);
                if ((status & StatusVlanValid) != 0)
                {
                    var tpid = (status & StatusVlanTpidValid) != 0 ? BitConverter.ToUInt16(data[18..]) : DefaultTpid;
                    tag = ((uint)tpid << 16) | BitConverter.ToUInt16(data[16..]);
                }
            }
            else if (level == Libc.SolSocket && type == Libc.SoTimestampNs && data.Length >= 16)
            {
                timestamp = (BitConverter.ToInt64(data) * 1_000_000_000L) + BitConverter.ToInt64(data[8..]);
            }

            control = control[(int)Math.Min((length + 7) & ~7L, control.Length)..];
        }
    }

    /// <summary>Puts a VLAN tag back between the addresses and the EtherType; bytes that no longer fit are cut off.</summary>
    internal static int InsertTag(Span<byte> buffer, int length, uint tag)
    {
        if (length < TagOffset || buffer.Length < TagOffset + TagSize)
        {
            return length;
        }

        var kept = Math.Min(length, buffer.Length - TagSize);
        buffer[TagOffset..kept].CopyTo(buffer[(TagOffset + TagSize)..]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[TagOffset..], tag);
        return kept + TagSize;
    }
}
