using System.Net;
using Loxi.Bfd.Session;

namespace Loxi.Bfd.Fuzz.Oracle;

/// <summary>Gives datagrams to a session and asks the oracle what they must come to.</summary>
internal static class OracleRun
{
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");
    private static readonly IPAddress Self = IPAddress.Parse("192.0.2.1");

    /// <summary>Runs one session of the authentication type.</summary>
    /// <param name="seed">Gives everything.</param>
    /// <param name="type">The authentication type, 0 for none.</param>
    /// <param name="count">Datagrams.</param>
    /// <returns>How many of them had an effect.</returns>
    /// <exception cref="OracleException">The session and the oracle do not agree.</exception>
    public static long Run(int seed, int type, long count)
    {
        var random = new Random(seed);
        var keys = type == 0 ? [] : new Dictionary<int, byte[]> { [3] = "first"u8.ToArray(), [200] = "0123456789abcdef"u8.ToArray() };
        var table = new BfdSessionTable(new Random(seed));
        var session = table.Add(
            new BfdSessionSettings(Peer)
            {
                LocalAddress = Self,
                // So long that no detection time runs out during the run: the oracle knows no time.
                RequiredMinRxInterval = BfdLimits.LongestInterval,
                Authentication = type == 0 ? null : new BfdAuthentication((BfdAuthenticationType)type, [.. keys.Select(k => new BfdKey(k.Key, [.. k.Value]))]),
            },
            default,
            0,
            0);
        var oracle = new ReceptionOracle(session.LocalDiscriminator, type, keys);
        var source = new DatagramSource(random, session.LocalDiscriminator, type, keys);
        var transmit = new byte[BfdSession.TransmitLength];
        long now = 0;
        long effects = 0;
        for (long i = 0; i < count; i++)
        {
            now += 10_000_000; // so that Finals are not limited
            if (random.Next(1_000) == 0)
            {
                session.SetAdministrativelyDown(random.Next(2) == 0, now, transmit);
            }

            Tick(session, now, transmit);
            var (bytes, ttl) = source.Next();
            var before = session.State;
            var verdict = oracle.Judge(bytes, ttl, (int)before);
            var step = table.Receive(new BfdDatagram { Payload = bytes, Source = Peer, Destination = Self, Ttl = ttl, Arrival = now }, now, transmit, out _);
            var final = step.Transmission == BfdTransmission.Control && (transmit[1] & 0x10) != 0;
            if ((step.Discard == BfdDiscardReason.None) != verdict.Effect || (int)session.State != verdict.State || final != verdict.Final)
            {
                throw new OracleException($"seed {seed}, type {type}, datagram {i}: {Convert.ToHexString(bytes)} with TTL {ttl} in {before}: "
                    + $"{step.Discard}, {session.State}, final {final}; expected {verdict}");
            }

            effects += verdict.Effect ? 1 : 0;
        }

        return effects;
    }

    private static void Tick(BfdSession session, long now, byte[] transmit)
    {
        for (var i = 0; session.Deadline <= now; i++)
        {
            if (i == 8)
            {
                throw new OracleException($"the session has always something to do at {now}");
            }

            session.Tick(now, true, transmit);
        }
    }
}
