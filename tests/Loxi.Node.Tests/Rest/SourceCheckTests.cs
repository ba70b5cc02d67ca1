using System.Net;
using FluentAssertions;
using Loxi.Node.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class SourceCheckTests
{
    [Theory]
    [InlineData("198.51.100.7", "source 198.51.100.7 may not use this API: start loxid with --api-allow=198.51.100.7/32 (or a wider prefix) to let it\n")]
    [InlineData("::ffff:198.51.100.7", "source 198.51.100.7 may not use this API: start loxid with --api-allow=198.51.100.7/32 (or a wider prefix) to let it\n")]
    [InlineData("2001:db8::7", "source 2001:db8::7 may not use this API: start loxid with --api-allow=2001:db8::7/128 (or a wider prefix) to let it\n")]
    public async Task ForeignSource_IsToldWhatToSet(string source, string text)
    {
        var (context, passed) = await RunAsync(source);

        passed.Should().BeFalse();
        context.Response.StatusCode.Should().Be(403);
        context.Response.ContentType.Should().StartWith("text/plain");
        context.Response.Body.Position = 0;
        using var reader = new StreamReader(context.Response.Body);
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Be(text);
    }

    [Fact]
    public async Task AllowedSource_Passes() => (await RunAsync("192.0.2.1")).Passed.Should().BeTrue();

    private static async Task<(HttpContext Context, bool Passed)> RunAsync(string source)
    {
        var passed = false;
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(source);
        context.Response.Body = new MemoryStream();
        var check = new SourceCheck(
            _ =>
            {
                passed = true;
                return Task.CompletedTask;
            },
            [IPNetwork.Parse("192.0.2.0/24")],
            NullLogger<SourceCheck>.Instance);
        await check.InvokeAsync(context);
        return (context, passed);
    }
}
