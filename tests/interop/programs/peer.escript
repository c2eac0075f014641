#!/usr/bin/env escript
%% A TLS 1.2 client and server over Erlang/OTP's ssl, for tests.
%%
%%   escript peer.escript c PORT ca=FILE suites=A,B       one connection for each suite, offering only that one
%%   escript peer.escript s PORT crt=FILE key=FILE        all suites that this OTP has
%%
%% Names of suites are the registered ones. Every handshake is told in one line. Only 127.0.0.1 is used.
-mode(compile).
-define(MILLISECONDS, 10000).

main([Mode, Port | Words]) ->
    Given = maps:from_list([list_to_tuple(string:split(Word, "=")) || Word <- Words]),
    {ok, _} = application:ensure_all_started(ssl),
    logger:set_primary_config(level, none),
    case Mode of
        "c" -> [client(list_to_integer(Port), Suite, Given) || Suite <- string:tokens(maps:get("suites", Given), ",")];
        "s" -> server(list_to_integer(Port), Given)
    end.

common(Suites) ->
    Schemes = [{Hash, Key} || Key <- [rsa, ecdsa], Hash <- [sha256, sha384, sha512]],
    [{versions, ['tlsv1.2']}, {ciphers, Suites}, {signature_algs, Schemes}, {eccs, [secp256r1]}, {active, false}, {mode, binary}].

client(Port, Suite, Given) ->
    Options = [{cacertfile, maps:get("ca", Given)}, {verify, verify_peer}, {server_name_indication, "localhost"}],
    case ssl:connect({127, 0, 0, 1}, Port, Options ++ common([ssl:str_to_suite(Suite)]), ?MILLISECONDS) of
        {ok, Socket} ->
            io:format("client OK ~s~n", [describe(Socket)]),
            ok = ssl:send(Socket, "GET / HTTP/1.0\r\n\r\n"),
            io:format("client read ~s~n", [re:replace(everything(Socket, <<>>), "[\r\n]+", "|", [global])]),
            ssl:close(Socket);
        {error, Reason} ->
            io:format("client FAIL ~s ~0p~n", [Suite, Reason])
    end.

everything(Socket, Sofar) ->
    case ssl:recv(Socket, 0, ?MILLISECONDS) of
        {ok, Data} -> everything(Socket, <<Sofar/binary, Data/binary>>);
        {error, closed} -> Sofar
    end.

server(Port, Given) ->
    Files = [{certfile, maps:get("crt", Given)}, {keyfile, maps:get("key", Given)}],
    Options = Files ++ [{ip, {127, 0, 0, 1}}, {reuseaddr, true} | common(ssl:cipher_suites(all, 'tlsv1.2'))],
    {ok, Listener} = ssl:listen(Port, Options),
    serve(Listener).

serve(Listener) ->
    {ok, Transport} = ssl:transport_accept(Listener),
    case ssl:handshake(Transport, ?MILLISECONDS) of
        {ok, Socket} -> answer(Socket);
        {error, Reason} -> io:format("server FAIL ~0p~n", [Reason])
    end,
    serve(Listener).

answer(Socket) ->
    Line = ["server OK ", describe(Socket), "\r\n"],
    io:format("~s", [Line]),
    case ssl:recv(Socket, 0, ?MILLISECONDS) of
        {ok, Request} -> ssl:send(Socket, ["HTTP/1.0 200 OK\r\n\r\n", Line, Request]);
        {error, Reason} -> io:format("server FAIL ~0p~n", [Reason])
    end,
    ssl:close(Socket).

describe(Socket) ->
    {ok, [{selected_cipher_suite, Suite}]} = ssl:connection_information(Socket, [selected_cipher_suite]),
    Peer = case ssl:peercert(Socket) of
        {ok, Certificate} -> integer_to_list(byte_size(Certificate));
        {error, no_peercert} -> "none"
    end,
    io_lib:format("~s peer=~s", [ssl:suite_to_str(Suite), Peer]).
