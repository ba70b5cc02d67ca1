using System.Numerics;
using Loxi.Core.Services;

namespace Loxi.Core.Connections;

/// <summary>
/// A set of buckets. Connections fall into 4,096 of them by a hash without a key, the same on every node, so that two nodes can compare
/// bucket by bucket, and a loss can be repaired by reading few. Not thread-safe.
/// </summary>
/// <remarks>
/// The hash: five 64-bit words, in network order: both halves of the client's address, both of the VIP, and (client port, VIP port, 0, 0, 0,
/// protocol), IPv4 v4-mapped, ICMPv6 as ICMP. From 0 on, for each word <c>h = (h ^ word) * 0x9E3779B97F4A7C15; h ^= h >> 32</c>. The bucket is the upper
/// 12 bits of the lower 32.
/// </remarks>
public sealed class ConnectionBuckets
{
    /// <summary>How many buckets there are.</summary>
    public const int Count = 4096;

    private const int BitsOfAWord = 64;
    private readonly ulong[] _words = new ulong[Count / BitsOfAWord];

    /// <summary>Buckets in the set.</summary>
    public int Size
    {
        get
        {
            var size = 0;
            foreach (var word in _words)
            {
                size += BitOperations.PopCount(word);
            }

            return size;
        }
    }

    /// <summary>The bucket of a connection.</summary>
    /// <param name="record">The connection.</param>
    /// <returns>0 to 4,095.</returns>
    public static int Of(in ConnectionRecord record) => Of(record.Client, record.ClientPort, record.Vip, record.VipPort, record.Protocol);

    /// <summary>The bucket of the connections of a client's port with a service.</summary>
    /// <param name="client">The client.</param>
    /// <param name="clientPort">Its port; the identifier of an ICMP echo.</param>
    /// <param name="vip">The address that it uses.</param>
    /// <param name="vipPort">The port that it uses; 0 for ICMP.</param>
    /// <param name="protocol">Protocol.</param>
    /// <returns>0 to 4,095.</returns>
    public static int Of(FlowAddress client, ushort clientPort, FlowAddress vip, ushort vipPort, ServiceProtocol protocol) =>
        (int)((uint)Hash(client, clientPort, vip, vipPort, protocol) >> 20);

    /// <summary>The hash that buckets are made of; all of it, for sums over a bucket.</summary>
    /// <param name="client">The client.</param>
    /// <param name="clientPort">Its port; the identifier of an ICMP echo.</param>
    /// <param name="vip">The address that it uses.</param>
    /// <param name="vipPort">The port that it uses; 0 for ICMP.</param>
    /// <param name="protocol">Protocol.</param>
    /// <returns>64 bits, the same on every node.</returns>
    public static ulong Hash(FlowAddress client, ushort clientPort, FlowAddress vip, ushort vipPort, ServiceProtocol protocol)
    {
        var hash = Mix(Mix(Mix(Mix(0, client.High), client.Low), vip.High), vip.Low);
        return Mix(hash, ((ulong)clientPort << 48) | ((ulong)vipPort << 32) | (byte)protocol);
    }

    /// <summary>Whether a bucket is in the set.</summary>
    /// <param name="bucket">0 to 4,095.</param>
    /// <returns>True when it is.</returns>
    /// <exception cref="IndexOutOfRangeException">There is no such bucket.</exception>
    public bool Contains(int bucket) => (_words[bucket / BitsOfAWord] >> (bucket % BitsOfAWord) & 1) != 0;

    /// <summary>Takes a bucket into the set.</summary>
    /// <param name="bucket">0 to 4,095.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such bucket.</exception>
    public void Add(int bucket) => _words[bucket / BitsOfAWord] |= 1UL << (bucket % BitsOfAWord);

    /// <summary>Takes 64 neighbouring buckets into the set.</summary>
    /// <param name="word">Which: 0 for the buckets 0 to 63, up to 63.</param>
    /// <param name="bits">Those to take, the first one the lowest bit.</param>
    /// <exception cref="IndexOutOfRangeException">There are no such buckets.</exception>
    public void AddWord(int word, ulong bits) => _words[word] |= bits;

    /// <summary>Takes all buckets into the set.</summary>
    public void Fill() => Array.Fill(_words, ulong.MaxValue);

    /// <summary>Empties the set.</summary>
    public void Clear() => Array.Clear(_words);

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0x9E37_79B9_7F4A_7C15;
        return hash ^ (hash >> 32);
    }
}
