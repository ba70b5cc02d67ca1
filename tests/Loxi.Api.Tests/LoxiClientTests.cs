using System.Net;
using System.Text;
using FluentAssertions;
using Loxi.Api.Client;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Api.Tests;

public sealed class LoxiClientTests
{
    [Fact]
    public async Task Requests_CarryRawTokenAndLoxicmdsPath()
    {
        using var handler = new Recorder(HttpStatusCode.OK, """{"result":"Success"}""");
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://192.0.2.1:11111/") };

        await new LoxiClient(http, "abc123").DeleteServiceAsync(new ServiceKey(IPAddress.Parse("2001:db8::1"), ServiceProtocol.Tcp, 2020), TestContext.Current.CancellationToken);

        handler.Seen.Should().Be("DELETE /netlox/v1/config/loadbalancer/hosturl/any/externalipaddress/2001:db8::1/port/2020/portmax/0/protocol/tcp?bgp=false&block=0 abc123");
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "source 192.0.2.7 may not use this API", "*403 source 192.0.2.7 may not use this API")]
    [InlineData(HttpStatusCode.NotFound, """{"code":404,"message":"path /x was not found"}""", "*404 path /x was not found")]
    [InlineData(HttpStatusCode.InternalServerError, "", "*500*")]
    [InlineData(HttpStatusCode.OK, "<html>", "*not the expected JSON*")]
    [InlineData(HttpStatusCode.OK, "null", "*null*")]
    public async Task Errors_SayWhatTheServerSaid(HttpStatusCode status, string body, string message)
    {
        using var handler = new Recorder(status, body);
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://192.0.2.1:11111/") };

        await new LoxiClient(http).Awaiting(static c => c.ListServicesAsync()).Should().ThrowAsync<LoxiApiException>().WithMessage(message);
    }

    private sealed class Recorder(HttpStatusCode status, string body) : HttpMessageHandler
    {
        public string Seen { get; private set; } = "";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = $"{request.Method} {request.RequestUri!.PathAndQuery} {string.Concat(request.Headers.TryGetValues("Authorization", out var token) ? token : [])}";
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }
    }
}
