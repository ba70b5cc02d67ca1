using System.Diagnostics.CodeAnalysis;
using System.Text;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <content>Links.</content>
public sealed partial class RtnetlinkClient
{
    private const int MaxNameLength = 15;

    private static readonly Parse<Link> ParseLink = static (in message, out link) => LinkCodec.TryParse(message.Payload, out link, out _);

    /// <summary>All links, with counters.</summary>
    /// <returns>The links in the kernel's order, which is that of their indexes.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Link> GetLinks() =>
        Dump("list links", Nl.GetLink, Nl.NewLink, 0, static (ref writer, index) => LinkCodec.WriteHeader(ref writer, index), ParseLink);

    /// <summary>The link of a name.</summary>
    /// <param name="name">The interface name.</param>
    /// <returns>The link, with counters.</returns>
    /// <exception cref="ArgumentException">The name is empty or longer than 15 bytes.</exception>
    /// <exception cref="NetlinkException">There is no such link (<see cref="Errno.ENODEV"/>), or the kernel refused.</exception>
    public Link GetLink(string name)
    {
        CheckName(name);
        return Get(
            "get link",
            Nl.GetLink,
            Nl.NewLink,
            name,
            static (ref writer, name) =>
            {
                LinkCodec.WriteHeader(ref writer);
                writer.Attribute(Nl.IflaName, name);
            },
            ParseLink,
            name);
    }

    /// <summary>The link of an index.</summary>
    /// <param name="index">The interface index, above 0.</param>
    /// <returns>The link, with counters.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is not above 0.</exception>
    /// <exception cref="NetlinkException">There is no such link (<see cref="Errno.ENODEV"/>), or the kernel refused.</exception>
    public Link GetLink(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        return Get(
            "get link",
            Nl.GetLink,
            Nl.NewLink,
            index,
            static (ref writer, index) => LinkCodec.WriteHeader(ref writer, index),
            ParseLink,
            $"{index}");
    }

    /// <summary>The link of a name, where there is one.</summary>
    /// <param name="name">The interface name.</param>
    /// <param name="link">The link, with counters.</param>
    /// <returns>False when there is no such link.</returns>
    /// <exception cref="ArgumentException">The name is empty or longer than 15 bytes.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool TryGetLink(string name, [NotNullWhen(true)] out Link? link)
    {
        try
        {
            link = GetLink(name);
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENODEV)
        {
            link = null;
            return false;
        }
    }

    /// <summary>Sets a link administratively up.</summary>
    /// <param name="index">The interface index.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetLinkUp(int index) =>
        Change("set link up", Nl.NewLink, 0, index, static (ref writer, index) => LinkCodec.WriteHeader(ref writer, index, LinkFlags.Up, LinkFlags.Up));

    /// <summary>Sets a link administratively down.</summary>
    /// <param name="index">The interface index.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetLinkDown(int index) =>
        Change("set link down", Nl.NewLink, 0, index, static (ref writer, index) => LinkCodec.WriteHeader(ref writer, index, LinkFlags.None, LinkFlags.Up));

    /// <summary>Sets the MTU of a link.</summary>
    /// <param name="index">The interface index.</param>
    /// <param name="mtu">Bytes above the link layer; the range depends on the link (Ethernet: 68 to 9,000 or more).</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetLinkMtu(int index, int mtu) =>
        Change(
            "set link mtu",
            Nl.NewLink,
            0,
            (index, mtu),
            static (ref writer, state) =>
            {
                LinkCodec.WriteHeader(ref writer, state.index);
                writer.Attribute(Nl.IflaMtu, state.mtu);
            });

    /// <summary>Sets the link-layer address of a link.</summary>
    /// <param name="index">The interface index.</param>
    /// <param name="address">The new address, of the length that the link has.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetLinkHardwareAddress(int index, LinkLayerAddress address) =>
        Change(
            "set link address",
            Nl.NewLink,
            0,
            (index, address),
            static (ref writer, state) =>
            {
                LinkCodec.WriteHeader(ref writer, state.index);
                writer.Attribute(Nl.IflaAddress, state.address);
            });

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > MaxNameLength || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' is not an interface name: expected 1 to {MaxNameLength} bytes without NUL.", nameof(name));
        }
    }
}
