using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>One byte there, one byte back: what a hop adds to a round trip. Runs as a process in the lab.</summary>
internal static class PingPong
{
    private const int WarmUp = 500;

    internal static int Serve(int port)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen(64);
        Console.WriteLine("ready");
        while (true)
        {
            var client = listener.Accept();
            new Thread(() => Echo(client)) { IsBackground = true }.Start();
        }
    }

    /// <summary>Prints median and 99th percentile in microseconds.</summary>
    internal static int Measure(string address, int port, int count)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Parse(address), port);
        var clock = TimeProvider.System;
        var samples = new double[count];
        Span<byte> data = stackalloc byte[1];
        for (var i = -WarmUp; i < count; i++)
        {
            var start = clock.GetTimestamp();
            _ = socket.Send(data);
            if (socket.Receive(data) == 0)
            {
                throw new IOException($"{address}:{port} closed the connection");
            }

            if (i >= 0)
            {
                samples[i] = clock.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        Array.Sort(samples);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round-trip {Statistics.Median(samples):F2} {samples[count * 99 / 100]:F2}"));
        return 0;
    }

    private static void Echo(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            Span<byte> data = stackalloc byte[64];
            try
            {
                for (var received = client.Receive(data); received > 0; received = client.Receive(data))
                {
                    _ = client.Send(data[..received]);
                }
            }
            catch (SocketException)
            {
                // The client is gone: the end of the connection by another name.
            }
        }
    }
}
