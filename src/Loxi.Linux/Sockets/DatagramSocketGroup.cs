using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>
/// Several UDP sockets on one address and port (SO_REUSEPORT), between which a classic BPF program divides the datagrams: each kind has a
/// queue of its own, and a flood of one kind cannot push out another.
/// </summary>
/// <remarks>
/// The port is taken as by a single socket: opening fails when anybody has it, another group included. Until the first
/// <see cref="SetSelector"/> every datagram is dropped.
/// </remarks>
public sealed class DatagramSocketGroup : IDisposable
{
    private readonly DatagramSocket[] _sockets;
    private bool _isOpen;

    private DatagramSocketGroup(DatagramSocket[] sockets) => _sockets = sockets;

    /// <summary>The sockets, in the order of the selector's answers.</summary>
    public IReadOnlyList<DatagramSocket> Sockets => _sockets;

    /// <summary>Opens the sockets; all or none.</summary>
    /// <param name="address">The local address; <see cref="InternetAddress.IPv4Any"/> or <see cref="InternetAddress.IPv6Any"/> for all of a family.</param>
    /// <param name="port">The local port, 1 to 65,535.</param>
    /// <param name="options">How, one for each socket, which differ only in what they receive and in their buffers; a filter and a namespace are those of the first.</param>
    /// <returns>A group to dispose.</returns>
    /// <exception cref="ArgumentException">There is no address, or there are no options.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port or an option is out of range.</exception>
    /// <exception cref="LinuxException">As <see cref="DatagramSocket.Open"/>.</exception>
    public static DatagramSocketGroup Open(InternetAddress address, int port, params IReadOnlyList<DatagramSocketOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        if (options.Count == 0)
        {
            throw new ArgumentException("At least one socket is needed.", nameof(options));
        }

        return DatagramSocket.InNamespace(options[0], () => OpenHere(address, port, options));
    }

    /// <summary>Replaces the program that chooses the socket of each datagram; those already queued stay where they are.</summary>
    /// <param name="selector">A classic BPF program of 1 to 4,096 instructions that sees the payload at offset 0 and returns the index of a socket in <see cref="Sockets"/>;
    /// for any other number the kernel takes one by the flow.</param>
    /// <exception cref="ArgumentException">The program is empty or too long.</exception>
    /// <exception cref="LinuxException">The kernel refused the program; ENOMEM (12) when it is larger than <c>net.core.optmem_max</c> allows.</exception>
    public void SetSelector(ReadOnlySpan<BpfInstruction> selector)
    {
        SocketFilter.Attach(_sockets[0].Descriptor, Libc.SoAttachReusePortFilter, selector, "attach selector to", "UDP sockets");
        if (!_isOpen)
        {
            foreach (var socket in _sockets)
            {
                socket.SetFilter([]);
            }

            _isOpen = true;
        }
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static DatagramSocketGroup OpenHere(InternetAddress address, int port, IReadOnlyList<DatagramSocketOptions> options)
    {
        var sockets = new List<DatagramSocket>();
        try
        {
            for (var i = 0; i < options.Count; i++)
            {
                // The first one binds alone, which fails when the port is taken; from then on only those with SO_REUSEPORT and the same user may join.
                var shut = options[i] with { Filter = new[] { BpfInstruction.RejectAll } };
                sockets.Add(DatagramSocket.OpenHere(address, port, shut, isShared: i > 0));
                if (i == 0)
                {
                    sockets[0].Share();
                }
            }

            return new DatagramSocketGroup([.. sockets]);
        }
        catch
        {
            sockets.ForEach(static socket => socket.Dispose());
            throw;
        }
    }
}
