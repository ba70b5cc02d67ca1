using Loxi.Ha.Announce.Wire;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Sockets;

namespace Loxi.Ha.Announce;

/// <summary>A thread that hears ARP or neighbour advertisements on all links.</summary>
internal sealed class ClaimListener : IDisposable
{
    private const uint Keep = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PacketSocket _socket;
    private readonly bool _isArp;
    private readonly Action<Claim> _handler;
    private readonly Action<Exception> _failed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <param name="isArp">ARP; else neighbour advertisements.</param>
    /// <param name="networkNamespace">Where.</param>
    /// <param name="handler">Called for each claim.</param>
    /// <param name="failed">Called when the socket fails; the thread goes on.</param>
    internal ClaimListener(bool isArp, NetworkNamespace? networkNamespace, Action<Claim> handler, Action<Exception> failed)
    {
        _isArp = isArp;
        _handler = handler;
        _failed = failed;
        _socket = PacketSocket.Open(0, new PacketSocketOptions
        {
            EtherType = isArp ? ArpFrame.EtherType : NeighbourFrame.EtherType,
            IgnoreOutgoing = true,
            Filter = isArp ? null : AdvertisementFilter(),
            ReceiveBuffer = 1 << 20,
            NetworkNamespace = networkNamespace,
        });
        _thread = new Thread(Run) { IsBackground = true, Name = isArp ? "Loxi.Ha ARP" : "Loxi.Ha NDP" };
        _thread.UnsafeStart();
    }

    /// <summary>Only advertisements: everything else of IPv6 would pass through here too.</summary>
    private static BpfInstruction[] AdvertisementFilter()
    {
        var program = new BpfProgramBuilder();
        var other = program.NewLabel();
        return program
            .LoadByte(BpfProgramBuilder.NetworkHeader + 6)
            .JumpIf(BpfComparison.Equal, NeighbourFrame.IcmpV6, null, other)
            .LoadByte(BpfProgramBuilder.NetworkHeader + 40)
            .JumpIf(BpfComparison.Equal, NeighbourFrame.Advertisement, null, other)
            .Return(Keep)
            .Mark(other)
            .Return(0)
            .Build();
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _socket.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[Keep];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_socket.TryReceive(buffer, out var info, Timeout.InfiniteTimeSpan, _stop.Token))
                {
                    Read(buffer.AsSpan(0, info.Length), info);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (LinuxException e)
            {
                _failed(e);
                _stop.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private void Read(ReadOnlySpan<byte> frame, in PacketInfo info)
    {
        // A tagged frame is heard again on the VLAN's own link.
        if (!info.VlanTagged
            && (_isArp ? ArpFrame.TryReadClaim(frame, out var mac, out var address) : NeighbourFrame.TryReadClaim(frame, out mac, out address)))
        {
            _handler(new Claim(info.InterfaceIndex, InternetAddress.FromBytes(address), new LinkLayerAddress(mac)));
        }
    }
}
