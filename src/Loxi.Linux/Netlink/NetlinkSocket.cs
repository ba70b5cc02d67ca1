using Loxi.Linux.Interop;
using Loxi.Linux.Namespaces;

namespace Loxi.Linux.Netlink;

/// <summary>A NETLINK_ROUTE socket: bytes in, bytes out.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int RouteProtocolNumber = 0;
    private const int NoProtocolOption = 92;

    private NetlinkSocket(SafeDescriptor descriptor) => Descriptor = descriptor;

    internal SafeDescriptor Descriptor { get; }

    internal static NetlinkSocket Open(NetworkNamespace? networkNamespace) =>
        networkNamespace is null ? OpenHere() : networkNamespace.Run(OpenHere);

    internal void Send(ReadOnlySpan<byte> message)
    {
        var kernel = new Libc.NetlinkAddress { Family = Libc.AfNetlink };
        fixed (byte* bytes = message)
        {
            nint sent;
            do
            {
                sent = Libc.SendTo(Descriptor, bytes, (nuint)message.Length, 0, &kernel, (uint)sizeof(Libc.NetlinkAddress));
            }
            while (sent < 0 && Libc.LastError == Errno.EINTR);
            if (sent != message.Length)
            {
                throw new NetlinkException("send netlink request", sent < 0 ? Libc.LastError : Errno.EMSGSIZE);
            }
        }
    }

    /// <summary>Receives without waiting: the length of the datagram, or 0 when there is none and <paramref name="error"/> says why.</summary>
    internal int Receive(Span<byte> buffer, out int error)
    {
        Libc.NetlinkAddress sender;
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                uint length = (uint)sizeof(Libc.NetlinkAddress);
                var received = Libc.ReceiveFrom(Descriptor, bytes, (nuint)buffer.Length, Libc.MsgDontWait | Libc.MsgTruncated, &sender, &length);
                if (received < 0)
                {
                    error = Libc.LastError;
                    if (error == Errno.EINTR)
                    {
                        continue;
                    }

                    return 0;
                }

                if (sender.Port != 0)
                {
                    continue; // only the kernel is listened to
                }

                if (received > buffer.Length)
                {
                    throw NetlinkException.Malformed("datagram", $"{received} bytes, the buffer has {buffer.Length}");
                }

                error = 0;
                return (int)received;
            }
        }
    }

    internal void Join(int group)
    {
        if (Libc.SetOption(Descriptor, Libc.SolNetlink, Libc.NetlinkAddMembership, group) != 0)
        {
            throw Libc.Failure("join netlink group", $"{group}");
        }
    }

    public void Dispose() => Descriptor.Dispose();

    private static NetlinkSocket OpenHere()
    {
        var descriptor = Libc.Socket(Libc.AfNetlink, Libc.SockRaw, RouteProtocolNumber);
        if (descriptor.IsInvalid)
        {
            descriptor.Dispose();
            throw Libc.Failure("open netlink socket");
        }

        try
        {
            var any = new Libc.NetlinkAddress { Family = Libc.AfNetlink };
            if (Libc.Bind(descriptor, &any, (uint)sizeof(Libc.NetlinkAddress)) != 0)
            {
                throw Libc.Failure("bind netlink socket");
            }

            // Since Linux 4.3, 4.12 and 4.20; older kernels answer ENOPROTOOPT and work without.
            Prefer(descriptor, Libc.NetlinkCapAck);
            Prefer(descriptor, Libc.NetlinkExtAck);
            Prefer(descriptor, Libc.NetlinkGetStrictCheck);
            return new NetlinkSocket(descriptor);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void Prefer(SafeDescriptor descriptor, int option)
    {
        if (Libc.SetOption(descriptor, Libc.SolNetlink, option, 1) != 0 && Libc.LastError != NoProtocolOption)
        {
            throw Libc.Failure("set netlink option", $"{option}");
        }
    }
}
