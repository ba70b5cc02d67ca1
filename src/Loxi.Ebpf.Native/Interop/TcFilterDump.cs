using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Links;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>Lists the filters of one side of a clsact qdisc by rtnetlink, which libbpf cannot: it must be told priority and handle.</summary>
internal static unsafe class TcFilterDump
{
    private const int AfNetlink = 16;
    private const int SockRawCloexec = 3 | 0x80000;
    private const ushort GetFilter = 46;
    private const ushort NewFilter = 44;
    private const ushort MessageError = 2;
    private const ushort MessageDone = 3;
    private const ushort RequestDump = 1 | 0x300;
    private const uint ParentIngress = 0xfffffff2;
    private const uint ParentEgress = 0xfffffff3;
    private const int HeaderLength = 16;
    private const int TcMessageLength = 20;
    private const int AttributeKind = 1;
    private const int AttributeOptions = 2;
    private const int BpfName = 7;
    private const int BpfId = 11;

    /// <summary>One filter; the program is 0 for filters that are not BPF and for entries that stand for a whole priority.</summary>
    public readonly record struct Filter(int Priority, uint Handle, string Kind, uint ProgramId, string Name);

    public static List<Filter> Read(int interfaceIndex, TrafficDirection direction)
    {
        int socket = Libc.Socket(AfNetlink, SockRawCloexec, 0);
        if (socket < 0)
        {
            throw new EbpfException("open a netlink socket", Errno.Last);
        }

        try
        {
            Send(socket, interfaceIndex, direction);
            return Receive(socket, interfaceIndex);
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }

    private static void Send(int socket, int interfaceIndex, TrafficDirection direction)
    {
        // struct nlmsghdr, struct tcmsg (linux/netlink.h, linux/rtnetlink.h), in host byte order.
        Span<byte> request = stackalloc byte[HeaderLength + TcMessageLength];
        request.Clear();
        MemoryMarshal.Write(request, (uint)request.Length);
        MemoryMarshal.Write(request[4..], GetFilter);
        MemoryMarshal.Write(request[6..], RequestDump);
        MemoryMarshal.Write(request[(HeaderLength + 4)..], interfaceIndex);
        MemoryMarshal.Write(request[(HeaderLength + 12)..], direction == TrafficDirection.Ingress ? ParentIngress : ParentEgress);
        fixed (byte* bytes = request)
        {
            if (Libc.Send(socket, bytes, (nuint)request.Length, 0) < 0)
            {
                throw new EbpfException($"ask for the filters of interface {interfaceIndex}", Errno.Last);
            }
        }
    }

    private static List<Filter> Receive(int socket, int interfaceIndex)
    {
        List<Filter> filters = [];
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            nint received;
            fixed (byte* bytes = buffer)
            {
                received = Libc.Receive(socket, bytes, (nuint)buffer.Length, 0);
            }

            if (received < 0)
            {
                if (Errno.Last == Errno.EINTR)
                {
                    continue;
                }

                throw new EbpfException($"read the filters of interface {interfaceIndex}", Errno.Last);
            }

            ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)received);
            while (rest.Length >= HeaderLength)
            {
                int length = MemoryMarshal.Read<int>(rest);
                ushort type = MemoryMarshal.Read<ushort>(rest[4..]);
                if (length < HeaderLength || length > rest.Length || type == MessageDone)
                {
                    return filters;
                }

                if (type == MessageError)
                {
                    int error = -MemoryMarshal.Read<int>(rest[HeaderLength..]);

                    // Without a clsact qdisc, or without the interface, there are no filters.
                    return error is Errno.EINVAL or Errno.ENODEV or Errno.ENOENT or 0
                        ? filters
                        : throw new EbpfException($"list the filters of interface {interfaceIndex}", error);
                }

                if (type == NewFilter && length >= HeaderLength + TcMessageLength)
                {
                    filters.Add(Parse(rest[HeaderLength..length]));
                }

                rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
            }
        }
    }

    private static Filter Parse(ReadOnlySpan<byte> message)
    {
        uint handle = MemoryMarshal.Read<uint>(message[8..]);
        uint info = MemoryMarshal.Read<uint>(message[16..]);
        string kind = string.Empty;
        string name = string.Empty;
        uint program = 0;
        ReadOnlySpan<byte> attributes = message[TcMessageLength..];
        while (TryTake(ref attributes, out int type, out ReadOnlySpan<byte> value))
        {
            if (type == AttributeKind)
            {
                kind = ObjectName.Read(value);
            }
            else if (type == AttributeOptions && kind == "bpf")
            {
                while (TryTake(ref value, out int option, out ReadOnlySpan<byte> content))
                {
                    if (option == BpfId && content.Length >= 4)
                    {
                        program = MemoryMarshal.Read<uint>(content);
                    }
                    else if (option == BpfName)
                    {
                        name = ObjectName.Read(content);
                    }
                }
            }
        }

        return new Filter((int)(info >> 16), handle, kind, program, name);
    }

    // struct rtattr { unsigned short rta_len, rta_type; } followed by data, padded to four bytes.
    private static bool TryTake(ref ReadOnlySpan<byte> attributes, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (attributes.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(attributes);
        if (length < 4 || length > attributes.Length)
        {
            return false;
        }

        type = MemoryMarshal.Read<ushort>(attributes[2..]) & 0x3fff;
        value = attributes[4..length];
        attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        return true;
    }
}
