using System.Net.Sockets;
using System.Runtime.InteropServices;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <content>Addresses.</content>
public sealed partial class RtnetlinkClient
{
    private static readonly Parse<Address> ParseAddress = static (in message, out address) => AddressCodec.TryParse(message.Payload, out address);

    private static readonly Compose<Address> ComposeAddress = static (ref writer, address) => AddressCodec.Write(ref writer, address);

    /// <summary>Addresses of both families.</summary>
    /// <param name="interfaceIndex">Only those of this link; 0 for all.</param>
    /// <param name="family">Only this family; <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <returns>The addresses in the kernel's order, IPv4 first.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Address> GetAddresses(int interfaceIndex = 0, AddressFamily family = AddressFamily.Unspecified)
    {
        var all = ForFamilies(family, number => Dump(
            "list addresses",
            Nl.GetAddr,
            Nl.NewAddr,
            (number, interfaceIndex),
            static (ref writer, state) => MemoryMarshal.Write(AddressCodec.WriteHeader(ref writer, state.number)[4..], state.interfaceIndex),
            ParseAddress));
        return interfaceIndex == 0 ? all : all.FindAll(address => address.InterfaceIndex == interfaceIndex);
    }

    /// <summary>Adds an address to a link.</summary>
    /// <param name="address">The address; <see cref="AddressFlags.NoDad"/> makes an IPv6 address usable at once.</param>
    /// <exception cref="NetlinkException">The link has it already (<see cref="Errno.EEXIST"/>), or the kernel refused.</exception>
    public void AddAddress(Address address) =>
        Change("add address", Nl.NewAddr, Nl.FlagCreate | Nl.FlagExclusive, address, ComposeAddress);

    /// <summary>Adds an address to a link, or gives the one that is there the flags and lifetimes of the new.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void ReplaceAddress(Address address) =>
        Change("replace address", Nl.NewAddr, Nl.FlagCreate | Nl.FlagReplace, address, ComposeAddress);

    /// <summary>Removes an address from a link.</summary>
    /// <param name="address">Link, address and prefix length must match.</param>
    /// <exception cref="NetlinkException">The link has no such address (<see cref="Errno.EADDRNOTAVAIL"/>), or the kernel refused.</exception>
    public void DeleteAddress(Address address) =>
        Change("delete address", Nl.DelAddr, 0, address with { Label = null, Broadcast = default, ValidLifetime = null, PreferredLifetime = null }, ComposeAddress);

    private static List<T> ForFamilies<T>(AddressFamily family, Func<byte, List<T>> dump)
    {
        if (family != AddressFamily.Unspecified)
        {
            return dump(Families.Of(family));
        }

        var all = dump(Nl.FamilyInet);
        all.AddRange(dump(Nl.FamilyInet6));
        return all;
    }
}
