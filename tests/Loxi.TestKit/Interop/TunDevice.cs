using System.Text;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Interop;

/// <summary>A TUN device: what is written to it comes into the host's stack as if received from a link. Gone when disposed.</summary>
internal sealed unsafe class TunDevice : IDisposable
{
    // TUNSETIFF, IFF_TUN | IFF_NO_PI (linux/if_tun.h).
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x1001;
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;

    private readonly int _fd;
    private int _closed;

    private TunDevice(int fd) => _fd = fd;

    /// <summary>Makes a device on a host and brings it up.</summary>
    internal static TunDevice Create(LabHost host, string name)
    {
        var device = host.Run(() => Open(name));
        host.Ip($"link set {name} up");
        return device;
    }

    /// <summary>Puts an IP packet into the stack. False when that refused it.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> packet)
    {
        fixed (byte* first = packet)
        {
            return Libc.Write(_fd, first, packet.Length) == packet.Length;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _ = Libc.Close(_fd);
        }
    }

    private static TunDevice Open(string name)
    {
        var fd = Libc.Check(Libc.Open("/dev/net/tun", ReadWrite | CloseOnExec), "open /dev/net/tun");
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(short*)(request + 16) = TunWithoutHeader;
        if (Libc.IoControl(fd, SetInterface, request) < 0)
        {
            var failure = System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage();
            _ = Libc.Close(fd);
            throw new LabException($"TUN device {name}: {failure}");
        }

        return new TunDevice(fd);
    }
}
