using System.Net;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Rib;

/// <summary>A route as tests write and read it.</summary>
public sealed record Route
{
    public uint[] AsPath { get; init; } = [];

    public string NextHop { get; init; } = "";

    public uint? Med { get; init; }

    public uint? LocalPreference { get; init; }

    public uint[] Communities { get; init; } = [];

    public ulong[] ExtendedCommunities { get; init; } = [];

    public BgpLargeCommunity[] LargeCommunities { get; init; } = [];

    public uint? OriginatorId { get; init; }

    public uint[] ClusterList { get; init; } = [];

    public uint? OnlyToCustomer { get; init; }

    internal BgpOrigin Origin { get; init; }

    /// <summary>An attribute of type 99, optional and transitive, of so many octets.</summary>
    public int Unknown { get; init; }

    internal byte[] Write()
    {
        var bytes = new byte[2048 + Unknown + (8 * (AsPath.Length + Communities.Length + ClusterList.Length))];
        var writer = new AttributeBlockWriter(bytes);
        writer.AddOrigin(Origin);
        writer.AddAsPath(AsPath);
        if (Med is { } med)
        {
            writer.AddMed(med);
        }

        if (LocalPreference is { } preference)
        {
            writer.AddLocalPreference(preference);
        }

        if (Communities.Length > 0)
        {
            writer.AddCommunities(Communities);
        }

        if (OriginatorId is { } originator)
        {
            writer.AddOriginatorId(originator);
        }

        if (ClusterList.Length > 0)
        {
            writer.Add(AttributeType.ClusterList, ClusterList.SelectMany(id => new[] { (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id }).ToArray());
        }

        if (ExtendedCommunities.Length > 0)
        {
            writer.AddExtendedCommunities(ExtendedCommunities);
        }

        if (LargeCommunities.Length > 0)
        {
            writer.AddLargeCommunities(LargeCommunities);
        }

        if (OnlyToCustomer is { } marked)
        {
            writer.AddOnlyToCustomer(marked);
        }

        if (Unknown > 0)
        {
            writer.Add((AttributeType)99, AttributeFlags.OptionalTransitive | AttributeFlags.Partial, new byte[Unknown]);
        }

        return bytes[..writer.Length];
    }

    internal static Route Read(AttributeBlock block, NextHop nextHop)
    {
        var path = new List<uint>();
        foreach (var segment in block.AsPath)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                path.Add(segment[i]);
            }
        }

        var route = new Route
        {
            AsPath = [.. path],
            NextHop = nextHop.ToIPAddress().ToString(),
            Med = block.Med,
            LocalPreference = block.LocalPreference,
            OriginatorId = block.OriginatorId,
            OnlyToCustomer = block.OnlyToCustomer,
            Origin = block.Origin,
            Unknown = block.Get((AttributeType)99).Length,
            Communities = new uint[block.Communities.Count],
            ExtendedCommunities = new ulong[block.ExtendedCommunities.Count],
            LargeCommunities = new BgpLargeCommunity[block.LargeCommunities.Count],
            ClusterList = new uint[block.ClusterList.Count],
        };
        for (var i = 0; i < route.Communities.Length; i++)
        {
            route.Communities[i] = block.Communities[i];
        }

        for (var i = 0; i < route.ExtendedCommunities.Length; i++)
        {
            route.ExtendedCommunities[i] = block.ExtendedCommunities[i];
        }

        for (var i = 0; i < route.LargeCommunities.Length; i++)
        {
            route.LargeCommunities[i] = block.LargeCommunities[i];
        }

        for (var i = 0; i < route.ClusterList.Length; i++)
        {
            route.ClusterList[i] = block.ClusterList[i];
        }

        return route;
    }

    public bool Equals(Route? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString()
        => $"[{string.Join(' ', AsPath)}] via {NextHop} {Origin} med {Med} pref {LocalPreference} com {string.Join(',', Communities.Select(c => $"{c >> 16}:{c & 0xffff}"))} "
            + $"ext {string.Join(',', ExtendedCommunities.Select(c => $"{c:x}"))} large {string.Join(',', LargeCommunities)} orig {OriginatorId} cl {string.Join(',', ClusterList)} "
            + $"otc {OnlyToCustomer} unknown {Unknown}";
}
