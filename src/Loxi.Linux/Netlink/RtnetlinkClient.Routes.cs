using System.Net.Sockets;
using System.Runtime.InteropServices;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <content>Routes.</content>
public sealed partial class RtnetlinkClient
{
    private static readonly Parse<Route> ParseRoute = static (in message, out route) => RouteCodec.TryParse(message.Payload, out route);

    private static readonly Compose<Route> ComposeRoute = static (ref writer, route) => RouteCodec.Write(ref writer, route, delete: false);

    /// <summary>Routes of both families.</summary>
    /// <param name="table">Only this table; 0 for all, the kernel's local table included.</param>
    /// <param name="family">Only this family; <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <param name="where">Only those for which it says true, so that a few of a million routes cost no memory; null for all.</param>
    /// <returns>The routes in the kernel's order, IPv4 first.</returns>
    /// <exception cref="NetlinkException">The kernel refused, or routes changed during each of several readings (<see cref="Errno.EINTR"/>).</exception>
    public IReadOnlyList<Route> GetRoutes(uint table = Route.MainTable, AddressFamily family = AddressFamily.Unspecified, Predicate<Route>? where = null)
    {
        var parse = ParseRoute;
        if (table != 0 || where is not null)
        {
            parse = (in message, out route) => RouteCodec.TryParse(message.Payload, out route) && (table == 0 || route.Table == table) && (where is null || where(route));
        }

        return ForFamilies(family, number => DumpRoutes(number, table, parse));
    }

    /// <summary>Adds a route.</summary>
    /// <param name="route">The route.</param>
    /// <exception cref="NetlinkException">It exists (<see cref="Errno.EEXIST"/>), or the kernel refused.</exception>
    public void AddRoute(Route route) => ChangeRoute("add route", Nl.NewRoute, Nl.FlagCreate | Nl.FlagExclusive, route, ComposeRoute);

    /// <summary>Adds a route or replaces the one with the same prefix, table and metric.</summary>
    /// <param name="route">The route.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void ReplaceRoute(Route route) => ChangeRoute("replace route", Nl.NewRoute, Nl.FlagCreate | Nl.FlagReplace, route, ComposeRoute);

    /// <summary>
    /// Removes a route. Prefix, table and type must match, and protocol, gateway, link, next hops and metric where they are given; so the default
    /// protocol, <see cref="RouteProtocol.Static"/>, leaves the routes of others alone and <see cref="RouteProtocol.Unspecified"/> takes any.
    /// </summary>
    /// <param name="route">The route.</param>
    /// <exception cref="NetlinkException">There is no such route (<see cref="Errno.ESRCH"/>), or the kernel refused.</exception>
    public void DeleteRoute(Route route) =>
        ChangeRoute(
            "delete route",
            Nl.DelRoute,
            0,
            route,
            static (ref writer, route) => RouteCodec.Write(ref writer, route with { Flags = 0, Mtu = 0 }, delete: true));

    /// <summary>Asks which way a packet to a destination would go now, as <c>ip route get</c>.</summary>
    /// <param name="destination">The destination address.</param>
    /// <param name="source">The source address, or "none".</param>
    /// <param name="outputInterface">Index of the link that it must leave by; 0 for any.</param>
    /// <param name="mark">Firewall mark of the packet; 0 for none.</param>
    /// <returns>A route to the destination alone (prefix length 32 or 128) with gateway, link, preferred source and table.</returns>
    /// <exception cref="NetlinkException">There is no route (<see cref="Errno.ENETUNREACH"/>, <see cref="Errno.EHOSTUNREACH"/>), or the kernel refused.</exception>
    public Route LookupRoute(InternetAddress destination, InternetAddress source = default, int outputInterface = 0, uint mark = 0) =>
        Get(
            "look up route to",
            Nl.GetRoute,
            Nl.NewRoute,
            (destination, source, outputInterface, mark),
            static (ref writer, state) =>
            {
                var bits = (byte)(state.destination.Length * 8);
                var header = RouteCodec.WriteHeader(ref writer, Families.Of(state.destination));
                header[1] = bits;
                header[2] = state.source.IsNone ? (byte)0 : bits;
                if (bits == 32)
                {
                    // IPv6 refuses the flag and always reports the table.
                    MemoryMarshal.Write(header[8..], Nl.RouteFlagLookupTable);
                }

                writer.Attribute(Nl.RtaDestination, state.destination);
                if (!state.source.IsNone)
                {
                    writer.Attribute(Nl.RtaSource, state.source);
                }

                if (state.outputInterface != 0)
                {
                    writer.Attribute(Nl.RtaOutputInterface, state.outputInterface);
                }

                if (state.mark != 0)
                {
                    writer.Attribute(Nl.RtaMark, state.mark);
                }
            },
            ParseRoute,
            destination.ToString());

    private List<Route> DumpRoutes(byte family, uint table, Parse<Route> parse)
    {
        try
        {
            return Dump(
                "list routes",
                Nl.GetRoute,
                Nl.NewRoute,
                (family, table),
                static (ref writer, state) =>
                {
                    RouteCodec.WriteHeader(ref writer, state.family);
                    if (state.table != 0)
                    {
                        writer.Attribute(Nl.RtaTable, state.table);
                    }
                },
                parse);
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENOENT && table != 0)
        {
            return []; // a table that this family never used does not exist
        }
    }

    private void ChangeRoute(string operation, ushort type, ushort flags, Route route, Compose<Route> compose)
    {
        ArgumentNullException.ThrowIfNull(route);
        foreach (var hop in route.NextHops)
        {
            if (hop.Weight is < 1 or > 256)
            {
                throw new ArgumentException($"Weight {hop.Weight} of the next hop via {hop.Gateway} of {route}: expected 1 to 256.", nameof(route));
            }
        }

        Change(operation, type, flags, route, compose);
    }
}
