<?php
/**
 * Plugin Name: Tacit
 * Description: Lists that follow what a visitor does, made in the visitor's own browser.
 * Version: 0.1.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * License: MIT
 *
 * Puts the SDK on every page, tells it which post or product a page is about, and draws shelves:
 * [tacit_shelf list="similar" count="4"]. An item of the catalogue is a post, by its ID. Nothing of a visitor is read here.
 *
 * @package Tacit
 */

defined( 'ABSPATH' ) || exit;

/**
 * What the site's owner set: the server's address; the folder of its files, which is `/tacit` of the server unless
 * another is named, such as `https://tacit.example/tacit/VERSION-HASH`; the integrity of `tacit.js` there; and what is kept
 * of a visitor who has not said yes or no: on the `device`, in `memory` with the page, or `nothing`.
 *
 * @return array{server: string, folder: string, integrity: string, before: string}
 */
function tacit_settings(): array {
	$given    = get_option( 'tacit', array() );
	$settings = tacit_sanitized( is_array( $given ) ? $given : array() );
	if ( '' === $settings['folder'] && '' !== $settings['server'] ) {
		$settings['folder'] = $settings['server'] . '/tacit';
	}
	return $settings;
}

/** What cannot be is as if nothing were said. */
function tacit_sanitized( $given ): array {
	$given   = is_array( $given ) ? $given : array();
	$address = static function ( string $name ) use ( $given ): string {
		$text = $given[ $name ] ?? '';
		return is_string( $text ) ? untrailingslashit( esc_url_raw( trim( $text ), array( 'http', 'https' ) ) ) : '';
	};
	$integrity = $given['integrity'] ?? '';
	$before    = $given['before'] ?? '';
	return array(
		'server'    => $address( 'server' ),
		'folder'    => $address( 'folder' ),
		'integrity' => is_string( $integrity ) && preg_match( '#^sha(256|384|512)-[A-Za-z0-9+/]+=*$#', $integrity ) ? $integrity : '',
		'before'    => in_array( $before, array( 'memory', 'nothing' ), true ) ? $before : 'device',
	);
}

/** Which types of post are items of the catalogue: products where there is a shop, else posts. */
function tacit_types(): array {
	return (array) apply_filters( 'tacit_types', class_exists( 'WooCommerce' ) ? array( 'product' ) : array( 'post' ) );
}

add_action(
	'wp_enqueue_scripts',
	static function (): void {
		$folder = tacit_settings()['folder'];
		if ( '' === $folder ) {
			return;
		}
		// No version: the address is that of an immutable file, or the server says how long it is good.
		// phpcs:disable WordPress.WP.EnqueuedResourceParameters.MissingVersion
		wp_enqueue_script( 'tacit-stub', $folder . '/stub.js', array(), null, false );
		wp_enqueue_script( 'tacit', $folder . '/tacit.js', array(), null, false );
		wp_enqueue_script( 'tacit-shelf', $folder . '/shelf.js', array(), null, false );
		// phpcs:enable
	}
);

add_filter(
	'script_loader_tag',
	static function ( string $tag, string $handle, string $src ): string {
		$settings = tacit_settings();
		if ( 'tacit-shelf' === $handle ) {
			return wp_get_script_tag( array( 'type' => 'module', 'src' => $src ) );
		}
		if ( 'tacit' !== $handle ) {
			return $tag;
		}
		$attributes = array(
			'async'             => true,
			'src'               => $src,
			'data-tacit-server' => $settings['server'],
		);
		if ( 'memory' === $settings['before'] ) {
			$attributes['data-tacit-storage'] = 'memory';
		}
		if ( 'nothing' === $settings['before'] ) {
			$attributes['data-tacit-consent'] = '';
		}
		if ( '' !== $settings['integrity'] ) {
			$attributes['integrity']   = $settings['integrity'];
			$attributes['crossorigin'] = 'anonymous';
		}
		return wp_get_script_tag( $attributes );
	},
	10,
	3
);

/** The page is about one item: it was looked at. */
add_action(
	'wp_footer',
	static function (): void {
		if ( is_singular( tacit_types() ) ) {
			tacit_track( 'view', array( 'item' => (string) get_queried_object_id() ) );
		}
	}
);

/** Says to the SDK what a page stands for; the stub keeps it until the SDK is there. */
function tacit_track( string $kind, array $properties ): void {
	if ( '' === tacit_settings()['folder'] ) {
		return;
	}
	// Hexadecimal for what could end the script.
	$flags = JSON_HEX_TAG | JSON_HEX_AMP;
	wp_print_inline_script_tag(
		sprintf( 'window.tacit && tacit.track(%s, %s);', wp_json_encode( $kind, $flags ), wp_json_encode( $properties, $flags ) )
	);
}

/** [tacit_shelf list="similar" count="4" heading="…" item="…" currency="…"] */
function tacit_shelf( $given ): string {
	$known = array( 'list' => 'for-you', 'count' => '', 'heading' => null, 'item' => '', 'currency' => tacit_currency(), 'name' => '' );
	$asked = shortcode_atts( $known, is_array( $given ) ? $given : array(), 'tacit_shelf' );
	if ( '' === $asked['item'] && is_singular( tacit_types() ) ) {
		$asked['item'] = (string) get_queried_object_id();
	}
	$html = '';
	foreach ( $asked as $name => $value ) {
		// An empty heading is one: none is shown.
		if ( null !== $value && ( '' !== $value || 'heading' === $name ) ) {
			$html .= sprintf( ' %s="%s"', $name, esc_attr( $value ) );
		}
	}
	return sprintf( '<tacit-shelf%s lang="%s"></tacit-shelf>', $html, esc_attr( get_bloginfo( 'language' ) ) );
}
add_shortcode( 'tacit_shelf', 'tacit_shelf' );

function tacit_currency(): string {
	return function_exists( 'get_woocommerce_currency' ) ? get_woocommerce_currency() : '';
}

/* WooCommerce's own lists: seen, clicked, put into the cart; and what was bought. None of these fires without it. */

add_action(
	'woocommerce_before_shop_loop_item',
	static function (): void {
		printf( '<div data-tacit-item="%s">', esc_attr( (string) get_the_ID() ) );
	},
	0
);
add_action(
	'woocommerce_after_shop_loop_item',
	static function (): void {
		echo '</div>';
	},
	9999
);
add_filter(
	'woocommerce_loop_add_to_cart_args',
	static function ( array $args ): array {
		$args['attributes']['data-tacit-on'] = 'click:cart_add';
		return $args;
	}
);
add_action(
	'woocommerce_thankyou',
	static function ( $order_id ): void {
		$order = function_exists( 'wc_get_order' ) ? wc_get_order( $order_id ) : false;
		if ( ! $order ) {
			return;
		}
		foreach ( $order->get_items() as $line ) {
			$bought = array( 'item' => (string) $line->get_product_id(), 'amount' => (int) $line->get_quantity(), 'once' => 'order ' . $order_id );
			tacit_track( 'purchase', $bought );
		}
	}
);

/* Settings, Tacit. */

add_action(
	'admin_init',
	static function (): void {
		register_setting( 'tacit', 'tacit', array( 'type' => 'array', 'sanitize_callback' => 'tacit_sanitized' ) );
	}
);
add_action(
	'admin_menu',
	static function (): void {
		add_options_page( 'Tacit', 'Tacit', 'manage_options', 'tacit', 'tacit_settings_page' );
	}
);

function tacit_settings_page(): void {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$settings = tacit_sanitized( get_option( 'tacit', array() ) );
	$labels   = array(
		'server'    => __( 'Address of the server', 'tacit' ),
		'folder'    => __( 'Folder of its files, if not /tacit there', 'tacit' ),
		'integrity' => __( 'Integrity of tacit.js in that folder', 'tacit' ),
		'before'    => __( 'Before a visitor has said yes or no, keep on the device, in memory, or nothing (device, memory, nothing)', 'tacit' ),
	);
	echo '<div class="wrap"><h1>Tacit</h1><form action="options.php" method="post"><table class="form-table">';
	settings_fields( 'tacit' );
	foreach ( $labels as $name => $label ) {
		printf(
			'<tr><th><label for="tacit-%1$s">%2$s</label></th><td><input class="regular-text" id="tacit-%1$s" name="tacit[%1$s]" value="%3$s"></td></tr>',
			esc_attr( $name ),
			esc_html( $label ),
			esc_attr( $settings[ $name ] )
		);
	}
	echo '</table>';
	submit_button();
	echo '</form></div>';
}
