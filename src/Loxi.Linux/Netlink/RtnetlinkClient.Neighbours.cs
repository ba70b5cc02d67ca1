using System.Net.Sockets;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <content>Neighbours.</content>
public sealed partial class RtnetlinkClient
{
    private static readonly Parse<Neighbour> ParseNeighbour = static (in message, out neighbour) => NeighbourCodec.TryParse(message.Payload, out neighbour);

    private static readonly Compose<Neighbour> ComposeNeighbour = static (ref writer, neighbour) => NeighbourCodec.Write(ref writer, neighbour);

    /// <summary>Entries of the ARP and neighbour discovery tables.</summary>
    /// <param name="interfaceIndex">Only those of this link; 0 for all.</param>
    /// <param name="family">Only this family; <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <returns>The entries in the kernel's order, IPv4 first.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Neighbour> GetNeighbours(int interfaceIndex = 0, AddressFamily family = AddressFamily.Unspecified)
    {
        var all = ForFamilies(family, number => Dump(
            "list neighbours",
            Nl.GetNeigh,
            Nl.NewNeigh,
            (number, interfaceIndex),
            static (ref writer, state) =>
            {
                NeighbourCodec.WriteHeader(ref writer, state.number);
                if (state.interfaceIndex != 0)
                {
                    writer.Attribute(Nl.NdaInterface, state.interfaceIndex);
                }
            },
            ParseNeighbour));
        return interfaceIndex == 0 ? all : all.FindAll(neighbour => neighbour.InterfaceIndex == interfaceIndex);
    }

    /// <summary>Reads one entry of the ARP or neighbour discovery table (Linux 5.0).</summary>
    /// <param name="interfaceIndex">Index of the link.</param>
    /// <param name="address">The neighbour's address.</param>
    /// <param name="neighbour">The entry; default when there is none.</param>
    /// <returns>False when there is none.</returns>
    /// <exception cref="NetlinkException">There is no such link (<see cref="Errno.ENODEV"/>), or the kernel refused.</exception>
    public bool TryGetNeighbour(int interfaceIndex, InternetAddress address, out Neighbour neighbour)
    {
        try
        {
            neighbour = Get(
                "read neighbour",
                Nl.GetNeigh,
                Nl.NewNeigh,
                new Neighbour(interfaceIndex, address, default, NeighbourState.None),
                ComposeNeighbour,
                ParseNeighbour,
                address.ToString());
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENOENT)
        {
            neighbour = default;
            return false;
        }
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="neighbour">The entry.</param>
    /// <exception cref="NetlinkException">It exists (<see cref="Errno.EEXIST"/>), or the kernel refused.</exception>
    public void AddNeighbour(Neighbour neighbour) =>
        Change("add neighbour", Nl.NewNeigh, Nl.FlagCreate | Nl.FlagExclusive, neighbour, ComposeNeighbour);

    /// <summary>Adds an entry or replaces the one of the same link and address.</summary>
    /// <param name="neighbour">The entry.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void ReplaceNeighbour(Neighbour neighbour) =>
        Change("replace neighbour", Nl.NewNeigh, Nl.FlagCreate | Nl.FlagReplace, neighbour, ComposeNeighbour);

    /// <summary>Removes an entry.</summary>
    /// <param name="neighbour">Link and address matter.</param>
    /// <exception cref="NetlinkException">There is no such entry (<see cref="Errno.ENOENT"/>), or the kernel refused.</exception>
    public void DeleteNeighbour(Neighbour neighbour) =>
        Change(
            "delete neighbour",
            Nl.DelNeigh,
            0,
            new Neighbour(neighbour.InterfaceIndex, neighbour.Address, default, NeighbourState.None),
            ComposeNeighbour);

    /// <summary>
    /// Makes the kernel resolve a neighbour now (NTF_USE), as if it had a packet to send; the outcome is a neighbour event.
    /// An entry that is there already begins anew, a permanent one too: look with <see cref="TryGetNeighbour"/> first.
    /// </summary>
    /// <param name="interfaceIndex">Index of the link.</param>
    /// <param name="address">The neighbour's address.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void ProbeNeighbour(int interfaceIndex, InternetAddress address) =>
        Change(
            "probe neighbour",
            Nl.NewNeigh,
            Nl.FlagCreate,
            new Neighbour(interfaceIndex, address, default, NeighbourState.None, NeighbourFlags.Use),
            ComposeNeighbour);
}
